"""How runs are handed out: every result is read, also where there is nobody left for the next run."""

from concurrent.futures import Future

import pytest

from helpers.batch import pool


class Leaving:
    """Executes one task at once; then there is nobody left."""

    jobs, is_ready = 1, True

    def __init__(self):
        self.tasks = 0

    def submit(self, function, argument) -> Future:
        self.tasks += 1
        if self.tasks > 1:
            raise pool.Gone("nobody is left")
        done: Future = Future()
        done.set_result(function(argument))
        return done


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("items", [[1, 2], [1, 2, 3]])
def test_a_result_is_read_before_it_is_told_that_nobody_is_left(ahead, items):
    results = pool.map_tasks(Leaving(), lambda number: 10 * number, items, ahead=ahead)
    item, future = next(results)
    assert (item, future.result()) == (1, 10)
    with pytest.raises(pool.Gone, match="nobody is left"):
        next(results)
