"""A stock Pidgin on a display of its own."""

import gtalk
import msn
from common import play, tap
from pidgin import Pidgin


@tap.case
def signs_on_and_talks(t):
    play(t, Pidgin)


msn.cases(Pidgin)
gtalk.cases(Pidgin)

if __name__ == "__main__":
    tap.main()
