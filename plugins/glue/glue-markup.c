#include "glue-markup.h"

#include "glue-host.h"
#include "markup-html.h"

ImText *
glue_markup_parse (const char *html)
{
  if (html == NULL || *html == '\0')
    return im_text_new ();
  return markup_html_parse (html, -1, MARKUP_PURPLE);
}

char *
glue_markup_print (const ImText *text)
{
  g_autoptr (ImText) spelled = NULL;

  if (im_text_length (text) == 0)
    return g_strdup ("");
  if (glue_host_is_bitlbee ())
    text = spelled = markup_spell_links (text);
  return markup_html_print (text, MARKUP_PURPLE);
}

ImText *
glue_markup_parse_status (const char *message)
{
  return message != NULL && glue_host_is_bitlbee ()
             ? im_text_new_plain (message)
             : glue_markup_parse (message);
}

char *
glue_markup_print_status (const ImText *text)
{
  return glue_host_is_bitlbee () ? markup_plain_print (text, " ")
                                 : glue_markup_print (text);
}
