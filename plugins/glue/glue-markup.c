#include "glue-markup.h"

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
  if (im_text_length (text) == 0)
    return g_strdup ("");
  return markup_html_print (text, MARKUP_PURPLE);
}
