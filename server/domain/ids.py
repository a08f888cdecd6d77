"""Identifiers, each its own type, so that one can never stand where another is wanted."""

from typing import NewType

ActId = NewType("ActId", str)
ActionId = NewType("ActionId", str)
CallId = NewType("CallId", str)
EntityId = NewType("EntityId", str)
ChangeId = NewType("ChangeId", str)
FeedbackId = NewType("FeedbackId", str)
FindingId = NewType("FindingId", str)
ForceId = NewType("ForceId", str)
LinkId = NewType("LinkId", str)
MarkerId = NewType("MarkerId", str)
ParticipantId = NewType("ParticipantId", str)
PersonId = NewType("PersonId", str)
PromptId = NewType("PromptId", str)
SheetId = NewType("SheetId", str)
WhisperId = NewType("WhisperId", str)
