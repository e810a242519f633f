"""Saying that something is not reported: in words, wherever an exhibit would have stood."""

from ..edition import Edition
from ..fragments import Fragment, paragraphs


def absent(edition: Edition) -> Fragment:
    """Say that the district does not report what an exhibit shows."""
    return paragraphs([edition.say("value.absent", district=edition.district_name)], "absent")


def topic_absent(edition: Edition, topic: str) -> Fragment:
    """Say that the district does not report on a topic, by its name."""
    name = edition.name(edition.reference.topics[topic])
    said = edition.say("topic.not_reported", topic=name, district=edition.district_name)
    return paragraphs([said], "absent")
