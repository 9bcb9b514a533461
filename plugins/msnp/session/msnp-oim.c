#include "msnp-session-private.h"
struct _MsnpOim { int unused; };
void
msnp_oim_init (MsnpSession *session)
{
  session->oim = g_new0 (MsnpOim, 1);
}
void
msnp_oim_clear (MsnpSession *session)
{
  g_clear_pointer (&session->oim, g_free);
}
void
msnp_oim_handle_mail_data (MsnpSession *session, const char *xml)
{
}
void
msnp_oim_send (MsnpSession *session, guint id, const char *to,
               const ImText *text)
{
  ImEvent event = { .type = IM_EVENT_DELIVERY };

  event.delivery.id = id;
  event.delivery.to = to;
  event.delivery.text = text;
  event.delivery.outcome = IM_DELIVERY_FAILED;
  event.delivery.reason = IM_UNDELIVERED_OFFLINE;
  msnp_session_emit (session, &event);
}
