/* What is known of somebody, for who asks. MSNP has no question for it: it is
 * what lists and presence have said. */

#include "msnp-session-private.h"

/* Clients that say so. */
static const char *
client_of (const MsnpPerson *person)
{
  if (person->caps & MSNP_CAP_MOBILE)
    return "mobile";
  if (person->caps & MSNP_CAP_WEB)
    return "web";
  return person->caps & MSNP_CAP_BOT ? "bot" : NULL;
}

void
msnp_session_get_info (MsnpSession *session, const char *who)
{
  g_autofree char *address = msnp_address_normalize (who);
  const MsnpPerson *person = msnp_people_find (session->people, address);
  g_autoptr (ImText) message = NULL;
  ImField fields[3];
  ImEvent event = { .type = IM_EVENT_PROFILE };
  ImEventProfile *profile = &event.profile;

  profile->presence.who = address;
  profile->asked = TRUE;
  profile->fields = fields;
  fields[profile->n_fields++] = (ImField){ IM_FIELD_NAME, address };
  if (person != NULL)
    {
      profile->found = TRUE;
      profile->presence.client = client_of (person);
      if (person->nick != NULL)
        fields[profile->n_fields++] =
            (ImField){ IM_FIELD_NICK, person->nick };
      fields[profile->n_fields++] =
          (ImField){ IM_FIELD_ON_THEIR_LIST,
                     person->lists & MSNP_LIST_REVERSE ? "1" : "0" };
      message = person->message != NULL ? im_text_new_plain (person->message)
                                        : NULL;
      profile->profile = message;
    }
  msnp_session_emit (session, &event);
}
