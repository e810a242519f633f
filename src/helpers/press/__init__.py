"""The press: runs the chapters with papermill, binds them with nbconvert, writes the reports."""
