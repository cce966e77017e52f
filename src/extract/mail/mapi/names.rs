//! What properties are called where their text is shown.

use super::Name;

/// Sets of named properties (MS-OXPROPS 1.3.2), as they are stored.
pub(super) const INTERNET_HEADERS: [u8; 16] = set(0x0002_0386, 0);
const PUBLIC_STRINGS: [u8; 16] = set(0x0002_0329, 0);
const COMMON: [u8; 16] = set(0x0006_2008, 0);
const APPOINTMENT: [u8; 16] = set(0x0006_2002, 0);
const TASK: [u8; 16] = set(0x0006_2003, 0);
const ADDRESS: [u8; 16] = set(0x0006_2004, 0);
const MEETING: [u8; 16] = [
    0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10, 0x98, 0xDA, 0x00, 0xAA, 0x00, 0x3F, 0x13, 0x05,
];

/// `xxxxxxxx-0000-0000-C000-000000000046`
const fn set(first: u32, second: u16) -> [u8; 16] {
    let [a, b, c, d] = first.to_le_bytes();
    let [e, f] = second.to_le_bytes();
    [a, b, c, d, e, f, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46]
}

/// Names of numbered properties with text, after the field of a mail where they are one.
const NUMBERED: &[(u16, &str)] = &[
    (0x0040, "Received-By"),
    (0x0044, "Received-Representing"),
    (0x0049, "Original-Subject"),
    (0x004D, "Original-Author"),
    (0x0050, "Reply-To"),
    (0x005A, "Original-Sender"),
    (0x005D, "Original-Sent-Representing"),
    (0x0070, "Thread-Topic"),
    (0x0072, "Original-Bcc"),
    (0x0073, "Original-Cc"),
    (0x0074, "Original-To"),
    (0x0075, "Received-By-Address"),
    (0x1001, "Report-Text"),
    (0x1035, "Message-ID"),
    (0x1039, "References"),
    (0x1042, "In-Reply-To"),
    (0x3001, "Display-Name"),
    (0x3003, "Email-Address"),
    (0x3004, "Comment"),
    (0x39FE, "SMTP-Address"),
    (0x3A02, "Callback-Telephone"),
    (0x3A05, "Generation"),
    (0x3A06, "Given-Name"),
    (0x3A08, "Business-Telephone"),
    (0x3A09, "Home-Telephone"),
    (0x3A0A, "Initials"),
    (0x3A0B, "Keyword"),
    (0x3A11, "Surname"),
    (0x3A15, "Postal-Address"),
    (0x3A16, "Company-Name"),
    (0x3A17, "Title"),
    (0x3A18, "Department-Name"),
    (0x3A19, "Office-Location"),
    (0x3A1C, "Mobile-Telephone"),
    (0x3A26, "Country"),
    (0x3A27, "Locality"),
    (0x3A29, "Street-Address"),
    (0x3A45, "Display-Name-Prefix"),
    (0x3A4E, "Manager-Name"),
    (0x3A4F, "Nickname"),
    (0x3FF8, "Creator-Name"),
    (0x3FFA, "Last-Modifier-Name"),
];

/// Names of the named by number.
const NAMED: &[([u8; 16], u32, &str)] = &[
    (COMMON, 0x8530, "Flag-Request"),
    (COMMON, 0x8534, "Mileage"),
    (COMMON, 0x8535, "Billing-Information"),
    (COMMON, 0x8539, "Companies"),
    (COMMON, 0x853A, "Contacts"),
    (COMMON, 0x8554, "Outlook-Version"),
    (COMMON, 0x8580, "Internet-Account"),
    (COMMON, 0x85A4, "To-Do-Title"),
    (APPOINTMENT, 0x8208, "Location"),
    (APPOINTMENT, 0x8238, "All-Attendees"),
    (APPOINTMENT, 0x823B, "To-Attendees"),
    (APPOINTMENT, 0x823C, "Cc-Attendees"),
    (APPOINTMENT, 0x8232, "Recurrence-Pattern"),
    (APPOINTMENT, 0x8234, "Time-Zone-Description"),
    (MEETING, 0x0002, "Where"),
    (TASK, 0x811F, "Task-Owner"),
    (TASK, 0x8121, "Task-Assigner"),
    (ADDRESS, 0x8005, "File-Under"),
    (ADDRESS, 0x8062, "Instant-Messaging-Address"),
    (ADDRESS, 0x801A, "Home-Address"),
    (ADDRESS, 0x801B, "Work-Address"),
    (ADDRESS, 0x801C, "Other-Address"),
    (ADDRESS, 0x802B, "Web-Page"),
    (ADDRESS, 0x8080, "Email-1"),
    (ADDRESS, 0x8083, "Email-1-Address"),
    (ADDRESS, 0x8090, "Email-2"),
    (ADDRESS, 0x80A0, "Email-3"),
];

/// What a property is called: its known or own name, else its number.
pub(super) fn label(id: u16, name: Option<&([u8; 16], Name)>) -> String {
    match name {
        Some((_, Name::Text(text))) => text.clone(),
        Some((set, Name::Number(number))) => {
            let known = NAMED.iter().find(|(known, n, _)| known == set && n == number);
            known.map_or_else(|| format!("0x{number:04X}"), |(.., label)| (*label).to_owned())
        }
        None => {
            let known = NUMBERED.iter().find(|(known, _)| *known == id);
            known.map_or_else(|| format!("0x{id:04X}"), |(_, label)| (*label).to_owned())
        }
    }
}

/// Whether a named property is a field of a mail: it came as one, or goes as one.
pub(super) fn is_field(name: Option<&([u8; 16], Name)>) -> bool {
    match name {
        Some((set, Name::Text(text))) => {
            *set == INTERNET_HEADERS
                || *set == PUBLIC_STRINGS && text.eq_ignore_ascii_case("Keywords")
        }
        _ => false,
    }
}
