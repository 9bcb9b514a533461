/* The services behind connections of their own: account settings, icons,
 * chat rooms, the directory, and tickets. */

#include "fuzz.h"
#include "oscar-admin.h"
#include "oscar-bart.h"
#include "oscar-chat.h"
#include "oscar-directory.h"
#include "oscar-uas.h"

FUZZ_ROUND_TRIP (admin_change, OscarAdminChange, oscar_admin_decode_change,
                 oscar_admin_encode_change, oscar_admin_change_clear)
FUZZ_ROUND_TRIP (uploaded, OscarBartUploaded, oscar_bart_decode_uploaded,
                 oscar_bart_encode_uploaded, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (download, OscarBartDownload, oscar_bart_decode_download2,
                 oscar_bart_encode_download2, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (room, OscarRoomInfo, oscar_chat_decode_room,
                 oscar_chat_encode_room, oscar_room_info_clear)
FUZZ_ROUND_TRIP (chat_message, OscarChatMessage, oscar_chat_decode_message,
                 oscar_chat_encode_message, oscar_chat_message_clear)
FUZZ_ROUND_TRIP (entry, OscarDirectoryEntry, oscar_directory_decode_entry,
                 oscar_directory_encode_entry, oscar_directory_entry_clear)

/* What only one side writes is read once; an error comes with a failure and
 * only then. */
#define FUZZ_READ(name, Type, decode, clear)                                   \
  static void name (const ImReader *body)                                      \
  {                                                                            \
    ImReader copy = *body;                                                     \
    g_autoptr (GError) error = NULL;                                           \
    Type value = { 0 };                                                        \
    gboolean ok = decode (&copy, &value, &error);                              \
                                                                               \
    g_assert_true (ok == (error == NULL));                                     \
    if (ok)                                                                    \
      clear (&value);                                                          \
  }

FUZZ_READ (admin_reply, OscarAdminReply, oscar_admin_decode_reply,
           oscar_admin_reply_clear)
FUZZ_READ (nav_info, OscarChatNavInfo, oscar_chat_decode_nav_info,
           oscar_chat_nav_info_clear)
FUZZ_READ (old_download, OscarBartDownload, oscar_bart_decode_download,
           fuzz_owns_nothing)
FUZZ_READ (icon_query, OscarBartQuery, oscar_bart_decode_query,
           fuzz_owns_nothing)
FUZZ_READ (tickets_request, OscarUasReceived, oscar_uas_decode_request,
           oscar_uas_received_clear)
FUZZ_READ (tickets, OscarUasReply, oscar_uas_decode_reply,
           oscar_uas_reply_clear)

static void
search (const ImReader *body)
{
  ImReader copy = *body;
  g_autoptr (GError) error = NULL;
  OscarSearchResults results;
  OscarDirectoryEntry found;

  if (!oscar_directory_decode_results (&copy, &results, NULL))
    return;
  for (guint i = 0; i < results.count; i++)
    {
      found = (OscarDirectoryEntry){ 0 };
      if (!oscar_directory_next_result (&copy, &found, &error))
        break;
      oscar_directory_entry_clear (&found);
    }
}

static void
names (const ImReader *body)
{
  ImReader copy = *body;
  g_autoptr (GError) error = NULL;
  char *name;

  while (oscar_directory_next_name (&copy, &name, &error))
    {
      fuzz_assert_tidy (name);
      g_free (name);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const FuzzCase cases[] = {
    admin_change, admin_reply, uploaded, download,        old_download,
    icon_query,   room,        nav_info, chat_message,    entry,
    search,       names,       tickets,  tickets_request,
  };

  fuzz_dispatch (cases, G_N_ELEMENTS (cases), data, size);
  return 0;
}
