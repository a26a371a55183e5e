from __future__ import annotations

from schemas.errors import Problem, SchemaError


def test_a_problem_says_its_file_its_place_and_its_reason() -> None:
    text = str(Problem("a/b/input.json", "/properties/x", "minimun", "unknown keyword 'minimun'"))
    assert text == "a/b/input.json: at /properties/x: unknown keyword 'minimun'"


def test_a_problem_with_the_whole_file_has_no_place_in_it() -> None:
    assert str(Problem("a.json", "", "", "not JSON")) == "a.json: not JSON"


def test_an_error_carries_every_problem_in_order_and_says_each_on_a_line_of_its_own() -> None:
    problems = [Problem("a.json", f"/{index}", "", "wrong") for index in range(3)]
    error = SchemaError(*problems)
    assert error.problems == tuple(problems)
    assert str(error).split("\n") == [str(problem) for problem in problems]
