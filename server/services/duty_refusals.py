"""Why what is done beside live calls is refused: review, search, training."""

from server.services.refusals import Refused


class NoSuchFinding(Refused):
    """This call's review has no such line."""

    code = "no-such-finding"


class NoSuchAction(Refused):
    """This call has no such action."""

    code = "no-such-action"


class NoSuchFeedback(Refused):
    """There is no such feedback."""

    code = "no-such-feedback"


class NotHandler(Refused):
    """Feedback goes to whoever handled the call, from somebody else."""

    code = "not-handler"


class NoExercise(Refused):
    """There is no such exercise."""

    code = "no-exercise"


class NotApproved(Refused):
    """This exercise cannot be played: nobody else has approved it, or it was withdrawn."""

    code = "not-approved"


class OwnExercise(Refused):
    """Somebody other than who made an exercise approves it."""

    code = "own-exercise"


class ExerciseChanged(Refused):
    """Somebody else has changed this exercise meanwhile. Look at it again."""

    code = "exercise-changed"


class NoSession(Refused):
    """There is no such training session."""

    code = "no-session"


class ExerciseRuns(Refused):
    """An exercise is being played to you. Finish it first."""

    code = "exercise-runs"


class TrainingFull(Refused):
    """As many exercises are being played as the machine has time for. Try again in some minutes."""

    code = "training-full"
