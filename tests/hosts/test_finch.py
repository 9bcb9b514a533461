"""A stock Finch in a terminal."""

from common import play, tap
from finch import Finch


@tap.case
def signs_on_and_talks(t):
    play(t, Finch)


if __name__ == "__main__":
    tap.main()
