"""Making a policy of what programs do."""

from __future__ import annotations

import errno
from ctypes import byref, c_void_p
from typing import Callable, Iterable, Optional

from . import _policy_text as _text
from ._abi import ERRNO
from ._handle import Handle
from ._library import library
from .config import Config
from .errors import ConfigError
from .limits import whole
from .policy import Policy
from .result import Result
from .task import Task


def learn(configs: Iterable[Config], *, default: int = ERRNO(errno.EPERM), per_directory: int = 8, times: int = 2,
          seen: Optional[Callable[[Result], None]] = None) -> Policy:
    """The smallest policy under which programs would have run as they did: rules for the calls that they made,
    dangerous ones only with the arguments that were seen, and path rules for the files with the least access. Policies
    of the configs are not in force meanwhile. Watch programs that are known to be good, over all their inputs, and read
    the policy.

    Args:
        configs: What to run. Each runs `times` times: files that are written but not in every run have names that are
            made up, and the rule is for their directory.
        default: ERRNO(e) or KILL, for calls that were not seen. Other files get EACCES, or KILL too.
        per_directory: Where more files than that lie in one directory the rule is for the directory. 0: never.
        seen: Called with the result of each run.

    Raises:
        ConfigError: Nothing was run, or `default` is another action.
        Error: As `run`.
    """
    lib, learner = library(), c_void_p()
    runs = whole("times", times, 1, 1000)
    lib.check(lib.learner_new(byref(learner)))
    try:
        for config in configs:
            if not isinstance(config, Config):
                raise ConfigError(f"learn takes Configs, not {config!r}")
            for _ in range(runs):
                with Handle(lib, config) as handle:
                    lib.check(lib.config_set_learner(handle.handle, learner))
                    with Task(handle) as task:
                        result = task.wait()
                if seen is not None:
                    seen(result)
        with _text.Handle() as h:
            many = whole("per_directory", per_directory, 0, 1 << 30)
            lib.check(lib.policy_learn(h.config, learner, whole("default", default, 0, 0xffffffff), many))
            return Policy.load(h.text(lib.policy_json))
    finally:
        lib.learner_free(learner)
