"""What a report shows: each exhibit is a sentence, a chart or a table with its source."""
