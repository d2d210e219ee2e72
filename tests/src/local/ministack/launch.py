"""Starts MiniStack without what only takes it long; it answers the same."""

from ministack.core import iam_evaluator, lambda_runtime
from ministack.services import dynamodb


def runtime_api(worker, *generation, build=lambda_runtime.ProvidedWorker._build_handler_class):
    """An answer's head and body go out at once: the body waited 40 ms for the head's acknowledgement."""
    handler = build(worker, *generation)
    handler.disable_nagle_algorithm = True
    return handler


def logged(worker, first_line_wait=0.01, drain=lambda_runtime.ProvidedWorker._drain_stderr_bounded):
    """A function has printed what it prints before it answers: that is not waited for long."""
    return drain(worker, first_line_wait)


def policy(document, parse=iam_evaluator.parse_policy_document):
    """The same few policies decide on every call."""
    return parsed(document) if isinstance(document, str) else parse(document)


parsed = functools.cache(iam_evaluator.parse_policy_document)
iam_evaluator.parse_policy_document = policy
lambda_runtime.ProvidedWorker._build_handler_class = runtime_api
lambda_runtime.ProvidedWorker._drain_stderr_bounded = logged
dynamodb._tokenize = functools.cache(dynamodb._tokenize)
dynamodb._condition_syntax_error = functools.cache(dynamodb._condition_syntax_error)
sys.argv = ["ministack"]
app.main()
