#pragma once

/* Finding people: USER_LOOKUP (food group 0x0A), ODIR (0x0F) and the
 * directory entries of LOCATE (02/09, 02/0B, 02/0C). */

#include <glib.h>
#include "im-reader.h"
#include "im-writer.h"

/** 0A/02: the address alone is the body. */
IM_API void oscar_directory_encode_email (ImWriter *writer, const char *email);
/** @ret is owned by the caller. */
IM_API gboolean oscar_directory_decode_email (ImReader *body, char **ret,
                                              GError **error);

/** Takes the next name of 0A/03, owned by the caller: %FALSE at the end, or
 * with @error set. */
IM_API gboolean oscar_directory_next_name (ImReader *body, char **ret,
                                           GError **error);
IM_API void oscar_directory_write_name (ImWriter *writer, const char *name);

typedef enum
{
  OSCAR_SEARCH_BY_NAME = 0,
  OSCAR_SEARCH_BY_EMAIL = 1, /* or by interest */
} OscarSearchType;

/**
 * OscarDirectoryEntry:
 * @search_type: in 0F/02 an #OscarSearchType, in 02/09 1 to allow searches
 * @charset: (nullable): "us-ascii"
 *
 * What the directory knows of somebody, or is asked for. Strings are
 * borrowed when encoding and owned after decoding.
 */
typedef struct
{
  char *charset;
  guint16 search_type;
  char *first;
  char *last;
  char *middle;
  char *maiden;
  char *email;
  char *country;
  char *state;
  char *city;
  char *screen_name;
  char *interest;
  char *nick;
  char *zip;
  char *street;
} OscarDirectoryEntry;

IM_API void oscar_directory_entry_clear (OscarDirectoryEntry *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarDirectoryEntry,
                                  oscar_directory_entry_clear)

/* 0F/02 and 02/09. */
IM_API gboolean oscar_directory_decode_entry (ImReader *body,
                                              OscarDirectoryEntry *ret,
                                              GError **error);
IM_API void oscar_directory_encode_entry (ImWriter *writer,
                                          const OscarDirectoryEntry *self);

typedef enum
{
  OSCAR_SEARCH_UNAVAILABLE = 1,
  OSCAR_SEARCH_UNAVAILABLE_TOO = 2,
  OSCAR_SEARCH_TOO_MANY = 3,
  OSCAR_SEARCH_NAME_MISSING = 4,
  OSCAR_SEARCH_OK = 5,
} OscarSearchStatus;

/** The head of 0F/03; @count entries follow in the body. */
typedef struct
{
  guint16 status;
  guint16 count;
} OscarSearchResults;

IM_API gboolean oscar_directory_decode_results (ImReader *body,
                                                OscarSearchResults *ret,
                                                GError **error);
/** Takes the next entry: %FALSE at the end, or with @error set. Clear it. */
IM_API gboolean oscar_directory_next_result (ImReader *body,
                                             OscarDirectoryEntry *ret,
                                             GError **error);
