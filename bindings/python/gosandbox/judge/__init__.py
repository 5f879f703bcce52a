"""Judging submissions: what `python -m gosandbox judge` is made of, and a judge to start from.

A problem is a folder: problem.conf (title, cpu, wall, memory, stack, output, processes, checker=tokens|exact, as
key = value), tests/NAME.in with tests/NAME.out, and submissions/, whose first line may tell the verdict to expect. With
interactor=FILE in problem.conf a program talks to the submissions, and decides; `prepare_interactor` tells how."""

from .interactive import Interactor, prepare_interactor
from .languages import Language, read_languages
from .problem import Problem, Test, read_problem
from .session import Session
from .settings import ProblemError
from .submission import judge_submission
from .verdict import Outcome, Report, Said, Verdict

__all__ = ["Interactor", "Language", "Outcome", "Problem", "ProblemError", "Report", "Said", "Session", "Test", "Verdict", "judge_submission",
           "prepare_interactor", "read_languages", "read_problem"]
