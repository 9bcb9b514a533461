#include "glue-changes.h"

#include "glue-i18n.h"

static const char *
done_words (const ImEventAccount *account)
{
  switch (account->matter)
    {
    case IM_ACCOUNT_NAME:
      return _("Your name was changed.");
    case IM_ACCOUNT_PASSWORD:
      return _("Your password was changed.");
    case IM_ACCOUNT_EMAIL:
      return account->question ? _("The e-mail address of your account")
                               : _("Your e-mail address was changed.");
    case IM_ACCOUNT_CONFIRMATION:
      return _("A mail is on its way to you. Its instructions confirm your "
               "account.");
    case IM_ACCOUNT_ENTRY:
      return _("Your directory entry was changed.");
    }
  return NULL;
}

static const char *
failed_words (const ImEventAccount *account)
{
  switch (account->matter)
    {
    case IM_ACCOUNT_NAME:
      return _("The name was not changed.");
    case IM_ACCOUNT_PASSWORD:
      return _("The password was not changed.");
    case IM_ACCOUNT_EMAIL:
      return account->question ? _("The e-mail address is not known.")
                               : _("The e-mail address was not changed.");
    case IM_ACCOUNT_CONFIRMATION:
      return _("The account was not confirmed.");
    case IM_ACCOUNT_ENTRY:
      return _("The directory entry was not changed.");
    }
  return NULL;
}

static char *
reason (const ImEventAccount *account, gboolean hex_codes)
{
  switch (account->outcome)
    {
    case IM_ACCOUNT_OTHER_NAME:
      return g_strdup (_("Only its spaces and capital letters can be."));
    case IM_ACCOUNT_BAD_NAME:
      return g_strdup (_("The network does not take this name."));
    case IM_ACCOUNT_WRONG_PASSWORD:
      return g_strdup (_("The old password is wrong."));
    case IM_ACCOUNT_BAD_PASSWORD:
      return g_strdup (_("The network does not take the new password. It may "
                         "be too short or too long."));
    case IM_ACCOUNT_BAD_EMAIL:
      return g_strdup (_("The network does not take this address."));
    case IM_ACCOUNT_UNCONFIRMED:
      return g_strdup (_("The account or its e-mail address has to be "
                         "confirmed first."));
    case IM_ACCOUNT_PENDING:
      return g_strdup (_("An earlier change still waits to be made."));
    case IM_ACCOUNT_TOO_MANY:
      return g_strdup (_("Too many accounts have this e-mail address."));
    case IM_ACCOUNT_TRY_LATER:
      return g_strdup (_("The network cannot do it now. Try again later."));
    case IM_ACCOUNT_UNSUPPORTED:
      return g_strdup (_("This network does not offer that."));
    case IM_ACCOUNT_NOT_ENCRYPTED:
      return g_strdup (_("The connection for it could not be encrypted "
                         "safely."));
    case IM_ACCOUNT_BAD_PHONE:
      return g_strdup (_("The network does not take this telephone number."));
    case IM_ACCOUNT_DONE:
    case IM_ACCOUNT_ALREADY:
    case IM_ACCOUNT_REFUSED:
      break;
    }
  if (account->code == 0)
    return NULL;
  if (!hex_codes)
    /* Translators: a number, as people write this protocol's error codes. */
    return g_strdup_printf (_("The network refused it (%u)."), account->code);
  /* Translators: a number, as people write this protocol's error codes. */
  return g_strdup_printf (_("The network refused it (0x%04X)."),
                          account->code);
}

void
glue_changes_on_account (GlueHost *glue, const ImEvent *event)
{
  const ImEventAccount *account = &event->account;
  g_autofree char *why = NULL;
  g_autofree char *all = NULL;

  if (account->outcome == IM_ACCOUNT_DONE)
    {
      const char *text = account->text;

      if (account->matter == IM_ACCOUNT_PASSWORD && account->password != NULL)
        purple_account_set_password (glue->account,
                                     im_secret_peek (account->password));
      if (account->question && (text == NULL || *text == '\0'))
        text = _("It has none.");
      glue_tell_user (glue, PURPLE_NOTIFY_MSG_INFO, done_words (account),
                      text);
      return;
    }
  if (account->outcome == IM_ACCOUNT_ALREADY)
    {
      glue_tell_user (glue, PURPLE_NOTIFY_MSG_INFO,
                      _("Your account is confirmed already."), NULL);
      return;
    }
  why = reason (account, glue->protocol->hex_codes);
  all = account->url != NULL && why != NULL
            ? g_strdup_printf ("%s\n%s", why, account->url)
            : g_steal_pointer (&why);
  glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR, failed_words (account), all);
}
