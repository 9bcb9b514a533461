#include "oscar-icq-codes.h"

#include <string.h>

/* The numbers are those of ICQ's own clients, as others copied them: Licq's
 * src/icq/codes.cpp has them all. Names are today's, as ISO 3166 and ISO 639
 * spell them, so that their translations can be used. */

typedef struct
{
  guint16 code;
  const char *name;
} Code;

static const Code countries[] = {
  { 93, "Afghanistan" }, { 355, "Albania" }, { 213, "Algeria" },
  { 684, "American Samoa" }, { 376, "Andorra" }, { 244, "Angola" },
  { 101, "Anguilla" }, { 102, "Antigua and Barbuda" }, { 54, "Argentina" },
  { 374, "Armenia" }, { 297, "Aruba" }, { 247, "Ascension Island" },
  { 61, "Australia" }, { 43, "Austria" }, { 994, "Azerbaijan" },
  { 103, "Bahamas" }, { 973, "Bahrain" }, { 880, "Bangladesh" },
  { 104, "Barbados" }, { 375, "Belarus" }, { 32, "Belgium" },
  { 501, "Belize" }, { 229, "Benin" }, { 105, "Bermuda" }, { 975, "Bhutan" },
  { 591, "Bolivia" }, { 387, "Bosnia and Herzegovina" }, { 267, "Botswana" },
  { 55, "Brazil" }, { 673, "Brunei Darussalam" }, { 359, "Bulgaria" },
  { 226, "Burkina Faso" }, { 257, "Burundi" }, { 238, "Cabo Verde" },
  { 855, "Cambodia" }, { 237, "Cameroon" }, { 107, "Canada" },
  { 178, "Canary Islands" }, { 108, "Cayman Islands" },
  { 236, "Central African Republic" }, { 235, "Chad" }, { 56, "Chile" },
  { 86, "China" }, { 672, "Christmas Island" },
  { 6101, "Cocos (Keeling) Islands" }, { 57, "Colombia" }, { 2691, "Comoros" },
  { 242, "Congo" }, { 243, "Congo, The Democratic Republic of the" },
  { 682, "Cook Islands" }, { 506, "Costa Rica" }, { 225, "Côte d'Ivoire" },
  { 385, "Croatia" }, { 53, "Cuba" }, { 357, "Cyprus" }, { 42, "Czechia" },
  { 45, "Denmark" }, { 246, "Diego Garcia" }, { 253, "Djibouti" },
  { 109, "Dominica" }, { 110, "Dominican Republic" }, { 593, "Ecuador" },
  { 20, "Egypt" }, { 503, "El Salvador" }, { 240, "Equatorial Guinea" },
  { 291, "Eritrea" }, { 372, "Estonia" }, { 268, "Eswatini" },
  { 251, "Ethiopia" }, { 500, "Falkland Islands (Malvinas)" },
  { 298, "Faroe Islands" }, { 679, "Fiji" }, { 358, "Finland" },
  { 33, "France" }, { 594, "French Guiana" }, { 689, "French Polynesia" },
  { 241, "Gabon" }, { 220, "Gambia" }, { 995, "Georgia" }, { 49, "Germany" },
  { 233, "Ghana" }, { 350, "Gibraltar" }, { 30, "Greece" },
  { 299, "Greenland" }, { 111, "Grenada" }, { 590, "Guadeloupe" },
  { 671, "Guam" }, { 502, "Guatemala" }, { 224, "Guinea" },
  { 245, "Guinea-Bissau" }, { 592, "Guyana" }, { 509, "Haiti" },
  { 379, "Holy See (Vatican City State)" }, { 504, "Honduras" },
  { 852, "Hong Kong" }, { 36, "Hungary" }, { 354, "Iceland" }, { 91, "India" },
  { 62, "Indonesia" }, { 98, "Iran" }, { 964, "Iraq" }, { 353, "Ireland" },
  { 972, "Israel" }, { 39, "Italy" }, { 112, "Jamaica" }, { 81, "Japan" },
  { 962, "Jordan" }, { 705, "Kazakhstan" }, { 254, "Kenya" },
  { 686, "Kiribati" }, { 965, "Kuwait" }, { 706, "Kyrgyzstan" },
  { 856, "Laos" }, { 371, "Latvia" }, { 961, "Lebanon" }, { 266, "Lesotho" },
  { 231, "Liberia" }, { 218, "Libya" }, { 4101, "Liechtenstein" },
  { 370, "Lithuania" }, { 352, "Luxembourg" }, { 853, "Macao" },
  { 261, "Madagascar" }, { 265, "Malawi" }, { 60, "Malaysia" },
  { 960, "Maldives" }, { 223, "Mali" }, { 356, "Malta" },
  { 692, "Marshall Islands" }, { 596, "Martinique" }, { 222, "Mauritania" },
  { 230, "Mauritius" }, { 269, "Mayotte" }, { 52, "Mexico" },
  { 691, "Micronesia" }, { 373, "Moldova" }, { 377, "Monaco" },
  { 976, "Mongolia" }, { 382, "Montenegro" }, { 113, "Montserrat" },
  { 212, "Morocco" }, { 258, "Mozambique" }, { 95, "Myanmar" },
  { 264, "Namibia" }, { 674, "Nauru" }, { 977, "Nepal" },
  { 31, "Netherlands" }, { 599, "Netherlands Antilles" },
  { 687, "New Caledonia" }, { 64, "New Zealand" }, { 505, "Nicaragua" },
  { 227, "Niger" }, { 234, "Nigeria" }, { 683, "Niue" },
  { 6722, "Norfolk Island" }, { 850, "North Korea" },
  { 389, "North Macedonia" }, { 670, "Northern Mariana Islands" },
  { 47, "Norway" }, { 968, "Oman" }, { 92, "Pakistan" }, { 680, "Palau" },
  { 507, "Panama" }, { 675, "Papua New Guinea" }, { 595, "Paraguay" },
  { 51, "Peru" }, { 63, "Philippines" }, { 48, "Poland" }, { 351, "Portugal" },
  { 121, "Puerto Rico" }, { 974, "Qatar" }, { 262, "Réunion" },
  { 40, "Romania" }, { 7, "Russian Federation" }, { 250, "Rwanda" },
  { 290, "Saint Helena, Ascension and Tristan da Cunha" },
  { 115, "Saint Kitts and Nevis" }, { 122, "Saint Lucia" },
  { 508, "Saint Pierre and Miquelon" },
  { 116, "Saint Vincent and the Grenadines" }, { 685, "Samoa" },
  { 378, "San Marino" }, { 239, "Sao Tome and Principe" },
  { 966, "Saudi Arabia" }, { 442, "Scotland" }, { 221, "Senegal" },
  { 3811, "Serbia" }, { 248, "Seychelles" }, { 232, "Sierra Leone" },
  { 65, "Singapore" }, { 4201, "Slovakia" }, { 386, "Slovenia" },
  { 677, "Solomon Islands" }, { 252, "Somalia" }, { 27, "South Africa" },
  { 82, "South Korea" }, { 34, "Spain" }, { 94, "Sri Lanka" },
  { 249, "Sudan" }, { 597, "Suriname" }, { 46, "Sweden" },
  { 41, "Switzerland" }, { 963, "Syria" }, { 886, "Taiwan" },
  { 708, "Tajikistan" }, { 255, "Tanzania" }, { 66, "Thailand" },
  { 228, "Togo" }, { 690, "Tokelau" }, { 676, "Tonga" },
  { 117, "Trinidad and Tobago" }, { 216, "Tunisia" }, { 90, "Türkiye" },
  { 709, "Turkmenistan" }, { 118, "Turks and Caicos Islands" },
  { 688, "Tuvalu" }, { 256, "Uganda" }, { 380, "Ukraine" },
  { 971, "United Arab Emirates" }, { 44, "United Kingdom" },
  { 1, "United States" }, { 598, "Uruguay" }, { 711, "Uzbekistan" },
  { 678, "Vanuatu" }, { 58, "Venezuela" }, { 84, "Vietnam" },
  { 106, "Virgin Islands, British" }, { 123, "Virgin Islands, U.S." },
  { 441, "Wales" }, { 681, "Wallis and Futuna" }, { 967, "Yemen" },
  { 381, "Yugoslavia" }, { 260, "Zambia" }, { 263, "Zimbabwe" },
};

static const Code languages[] = {
  { 55, "Afrikaans" }, { 58, "Albanian" }, { 1, "Arabic" }, { 59, "Armenian" },
  { 68, "Azerbaijani" }, { 72, "Belarusian" }, { 2, "Bhojpuri" },
  { 56, "Bosnian" }, { 3, "Bulgarian" }, { 4, "Burmese" }, { 5, "Cantonese" },
  { 6, "Catalan" }, { 61, "Chamorro" }, { 7, "Chinese" }, { 8, "Croatian" },
  { 9, "Czech" }, { 10, "Danish" }, { 11, "Dutch" }, { 12, "English" },
  { 13, "Esperanto" }, { 14, "Estonian" }, { 15, "Farsi" }, { 16, "Finnish" },
  { 17, "French" }, { 18, "Gaelic" }, { 19, "German" }, { 20, "Greek" },
  { 70, "Gujarati" }, { 21, "Hebrew" }, { 22, "Hindi" }, { 23, "Hungarian" },
  { 24, "Icelandic" }, { 25, "Indonesian" }, { 26, "Italian" },
  { 27, "Japanese" }, { 28, "Khmer" }, { 29, "Korean" }, { 69, "Kurdish" },
  { 30, "Lao" }, { 31, "Latvian" }, { 32, "Lithuanian" }, { 65, "Macedonian" },
  { 33, "Malay" }, { 63, "Mandarin" }, { 62, "Mongolian" },
  { 34, "Norwegian" }, { 57, "Persian" }, { 35, "Polish" },
  { 36, "Portuguese" }, { 60, "Punjabi" }, { 37, "Romanian" },
  { 38, "Russian" }, { 39, "Serbian" }, { 66, "Sindhi" }, { 40, "Slovak" },
  { 41, "Slovenian" }, { 42, "Somali" }, { 43, "Spanish" }, { 44, "Swahili" },
  { 45, "Swedish" }, { 46, "Tagalog" }, { 64, "Taiwanese" }, { 71, "Tamil" },
  { 47, "Tatar" }, { 48, "Thai" }, { 49, "Turkish" }, { 50, "Ukrainian" },
  { 51, "Urdu" }, { 52, "Vietnamese" }, { 67, "Welsh" }, { 53, "Yiddish" },
  { 54, "Yoruba" },
};

static const Code occupations[] = {
  { 1, "Academic" }, { 2, "Administrative" }, { 3, "Art and entertainment" },
  { 4, "College student" }, { 5, "Computers" }, { 6, "Community and social" },
  { 7, "Education" }, { 8, "Engineering" }, { 9, "Financial services" },
  { 10, "Government" }, { 11, "High school student" }, { 12, "Home" },
  { 13, "Helping with ICQ" }, { 14, "Law" }, { 15, "Managerial" },
  { 16, "Manufacturing" }, { 17, "Medicine and health" }, { 18, "Military" },
  { 19, "Non-governmental organization" }, { 20, "Professional" },
  { 21, "Retail" }, { 22, "Retired" }, { 23, "Science and research" },
  { 24, "Sports" }, { 25, "Technical" }, { 26, "University student" },
  { 27, "Web building" }, { 99, "Other services" },
};

static const Code *
table_of (ImFieldId field, guint *ret_len)
{
  switch (field)
    {
    case IM_FIELD_COUNTRY:
    case IM_FIELD_ORIGIN_COUNTRY:
    case IM_FIELD_WORK_COUNTRY:
      *ret_len = G_N_ELEMENTS (countries);
      return countries;
    case IM_FIELD_LANGUAGE:
      *ret_len = G_N_ELEMENTS (languages);
      return languages;
    case IM_FIELD_OCCUPATION:
      *ret_len = G_N_ELEMENTS (occupations);
      return occupations;
    default:
      *ret_len = 0;
      return NULL;
    }
}

const char *
oscar_icq_code_name (ImFieldId field, guint16 code)
{
  guint len;
  const Code *table = table_of (field, &len);

  for (guint i = 0; i < len; i++)
    if (table[i].code == code)
      return table[i].name;
  return NULL;
}

guint16
oscar_icq_code_of (ImFieldId field, const char *name)
{
  guint len;
  const Code *table = table_of (field, &len);

  for (guint i = 0; name != NULL && i < len; i++)
    if (strcmp (table[i].name, name) == 0)
      return table[i].code;
  return 0;
}

const char *
oscar_icq_code_nth (ImFieldId field, guint nth)
{
  guint len;
  const Code *table = table_of (field, &len);

  return nth < len ? table[nth].name : NULL;
}
