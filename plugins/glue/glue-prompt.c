#include "glue-prompt.h"

#include "glue-i18n.h"

/* A question belongs to its connection, and close() takes it back before the
 * host goes away. bitlbee has no way to say no; there the sign-on waits until
 * the account is switched off. */

static void
on_answer (gpointer data, const char *answer)
{
  GlueHost *glue = data;

  glue->protocol->answer_prompt (glue->session, answer);
}

static void
on_cancel (gpointer data, const char *answer)
{
  GlueHost *glue = data;

  glue->protocol->answer_prompt (glue->session, NULL);
}

static const char *
question_of (ImPrompt kind)
{
  switch (kind)
    {
    case IM_PROMPT_CODE:
      /* Translators: the network's name. */
      return _("%s asks for the one-time code that your device shows.");
    case IM_PROMPT_NEXT_CODE:
      /* Translators: the network's name. */
      return _("%s asks for the next one-time code. Wait until your device "
               "shows another one.");
    case IM_PROMPT_CAPTCHA:
      /* Translators: the network's name. */
      return _("%s wants to know what the picture at this address says.");
    case IM_PROMPT_WEAKER:
      /* Translators: the network's name. */
      return _("%s offers only weaker ways to sign in than last time. Has it "
               "been set up anew? If not, somebody in between may want your "
               "password.");
    }
  return NULL;
}

static const char *
title_of (ImPrompt kind)
{
  switch (kind)
    {
    case IM_PROMPT_CAPTCHA:
      return _("Picture Puzzle");
    case IM_PROMPT_WEAKER:
      return _("Weaker Sign-In");
    case IM_PROMPT_CODE:
    case IM_PROMPT_NEXT_CODE:
      break;
    }
  return _("One-Time Code");
}

/* One callback an answer: the number that comes with it means something else
 * in every host. */
static void
on_accept (gpointer data, int action)
{
  on_answer (data, "");
}

static void
on_refuse (gpointer data, int action)
{
  on_cancel (data, NULL);
}

static gpointer
ask (GlueHost *glue, ImPrompt kind, const char *primary,
     const char *secondary)
{
  if (kind == IM_PROMPT_WEAKER)
    /* bitlbee looks for just these English words; it never translates. */
    return purple_request_action (
        glue->gc, title_of (kind), primary, secondary, 1, glue->account, NULL,
        NULL, glue, 2, _("Accept"), G_CALLBACK (on_accept), _("Cancel"),
        G_CALLBACK (on_refuse));
  return purple_request_input (
      glue->gc, title_of (kind), primary, secondary, NULL, FALSE, FALSE, NULL,
      _("OK"), G_CALLBACK (on_answer), _("Cancel"), G_CALLBACK (on_cancel),
      glue->account, NULL, NULL, glue);
}

void
glue_prompt_on_event (GlueHost *glue, const ImEvent *event)
{
  g_autofree char *primary =
      g_strdup_printf (question_of (event->prompt.kind),
                       glue->settings->network->name);
  gpointer handle;

  /* libpurple draws this text as markup. */
  g_autofree char *secondary =
      event->prompt.text != NULL ? g_markup_escape_text (event->prompt.text, -1)
                                 : NULL;

  handle = ask (glue, event->prompt.kind, primary, secondary);
  /* No way to ask is no answer. */
  if (handle == NULL && glue->gc != NULL)
    glue->protocol->answer_prompt (glue->session, NULL);
}
