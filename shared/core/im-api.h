#pragma once

/* The library hides every symbol that is not marked: what modules may call
 * is what carries this word, so an accidental dependency fails to link. */
#define IM_API __attribute__ ((visibility ("default")))
