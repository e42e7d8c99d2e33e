//! What holds for every built-in profile, and the numbers that only data can say.

use jiff::civil::date;

use super::Test;
use crate::profile::*;

fn all() -> Result<Vec<Profile>, ProfileError> {
    Profile::built_in().map(Profile::load).collect()
}

#[test]
fn the_five_desks_say_something_about_everything() -> Test {
    let profiles = all()?;
    assert_eq!(profiles.len(), 5);
    let names =
        |profile: &Profile| -> Vec<String> { profile.roles.administrator.permissions.keys().cloned().collect() };
    for profile in &profiles {
        for (role, permissions) in profile.roles.iter() {
            let said: Vec<_> = permissions.permissions.keys().cloned().collect();
            assert_eq!(said, names(&profiles[0]), "{} {role} says something about every permission", profile.key);
        }
        // A key that is not asked for cannot be required.
        assert!(!profile.category_required || !profile.categories.is_empty(), "{}", profile.key);
        assert!(profile.attachments.takes("application/pdf") && !profile.attachments.takes("text/html"));
        assert!(!profile.roles.customer.grants("ticket.assign").contains(&Grant::All), "{}", profile.key);
        assert!(profile.roles.customer.grants("comment.view_internal").is_empty(), "{}", profile.key); // S3-81
    }
    Ok(())
}

#[test]
fn every_desk_numbers_its_tickets_its_own_way() -> Test {
    let numbers: Vec<String> = all()?.iter().map(|profile| profile.format_number(date(2025, 1, 31), 303)).collect();
    // S0-10, S2-19, S3-1, S4-3, X-1
    assert_eq!(numbers, ["T303", "ISP-000303", "303", "TKT-20250131-00303", "TICK-20250131-0303"]);
    for (place, profile) in all()?.iter().enumerate() {
        for (other, number) in numbers.iter().enumerate() {
            assert_eq!(profile.number.knows(number), place == other, "{} {number}", profile.key);
        }
        assert!(!profile.number.knows("") && !profile.number.knows("TICK-20251331-0303"), "{}", profile.key);
    }
    Ok(())
}

#[test]
fn an_earlier_format_is_known_as_well() -> Test {
    let text = super::with("resets = \"daily\"", "resets = \"daily\"\nearlier = [\"T{seq}\", \"{seq:3}-{date:%Y}\"]");
    let numbers = Profile::parse("p", &text)?.number;
    for number in ["TICK-20250131-0001", "TICK-20250131-10000", "T1", "T9999", "001-2025", "1234-2025"] {
        assert!(numbers.knows(number), "{number}");
    }
    for number in ["TICK-20250131-001", "TICK-2025-01-31-0001", "T", "TT1", "01-2025", "001-", "x001-2025", "T1 "] {
        assert!(!numbers.knows(number), "{number}");
    }
    super::refused(
        "resets = \"daily\"",
        "resets = \"daily\"\nearlier = [\"T{number}\"]",
        &["an earlier template", "{number}"],
    );
    Ok(())
}
