//! The configuration document: what is taken, and what holds for which resource.

use demarc_remediation::{
    budget::Budget,
    classification::{Resource, kinds},
    configuration::{Configuration, Enforcement, Mode},
    contest::Contested,
    settings::tags::Tags,
    verdict::Safety,
};

const KNOWN: [&str; 3] = ["s3.versioning", "s3.requires-tls", "rds.instances-not-public"];

fn parsed(document: &str) -> Configuration {
    Configuration::parse(document, &KNOWN).unwrap()
}

fn bucket(name: &str) -> Resource {
    Resource {
        kind: kinds::BUCKET.to_owned(),
        account: "123456789012".to_owned(),
        region: "eu-west-1".to_owned(),
        id: name.to_owned(),
    }
}

/// What holds for a bucket without tags.
fn of(configuration: &Configuration, control: &str, name: &str) -> Enforcement {
    configuration.enforcement_of(control, &bucket(name), &Tags::default())
}

fn mode_of(configuration: &Configuration, control: &str, name: &str) -> Mode {
    of(configuration, control, name).mode
}

/// The page's example is the whole document, with what it says.
#[test]
fn the_documented_configuration_is_taken() {
    let page = include_str!("../../../../docs/configuration.md");
    let document = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let configuration = parsed(document.expect("an example"));
    assert_eq!(configuration.scopes.len(), 3);
    assert_eq!(configuration.freezes.len(), 1);
    assert_eq!(configuration.enforcement("s3.versioning").grace_minutes, 30);
    assert_eq!(configuration.contested, Contested::default());
    assert_eq!(configuration.budget, Budget::default());
    assert!(configuration.protects(&bucket("break-glass-logs")));
    assert!(!configuration.protects(&bucket("break-glass")));
    let ireland = of(&configuration, "s3.requires-tls", "b");
    assert_eq!(ireland, Enforcement::new(Mode::Enforce, Safety::Disruptive));
}

#[test]
fn nothing_configured_means_observe() {
    let configuration = parsed("");
    assert_eq!(mode_of(&configuration, "s3.versioning", "b"), Mode::Observe);
}

#[test]
fn what_is_not_understood_is_refused() {
    for document in [
        "verison = 1",
        "version = 2",
        "[controls.\"s3.versionning\"]\nmode = \"enforce\"",
        "[controls.\"s3.versioning\"]\nmode = \"on\"",
        "[controls.\"s3.versioning\"]\ncelling = \"safe\"",
        "not toml",
        "[[scopes]]\nmode = \"enforced\"",
        "[[freezes]]\nfrom = \"2026-12-20T00:00:00Z\"",
        "[known]\naccounts = [\"11112222333\"]",
        "[known]\norganizations = [\"ou-example\"]",
        "[known]\nbuckets = [\"arn:aws:s3:::partners\"]",
    ] {
        assert!(Configuration::parse(document, &KNOWN).is_err(), "taken: {document}");
    }
}

#[test]
fn a_scope_or_freeze_that_can_mean_nothing_is_refused_with_its_number() {
    let window = |from: &str, until: &str| {
        format!("[[freezes]]\nfrom = \"{from}\"\nuntil = \"{until}\"\nreason = \"r\"\n")
    };
    let good = window("2026-12-20T00:00:00Z", "2027-01-04T00:00:00Z");
    for (document, what) in [
        (
            "[[scopes]]\nmode = \"enforce\"\n[[scopes]]\naccounts = [\"1\"]\nmode = \"off\"",
            "`scopes`, number 2",
        ),
        ("[[scopes]]\ncontrols = [\"s4.*\"]\nmode = \"enforce\"", "matches no control"),
        ("[[scopes]]\npercent = 101\nmode = \"enforce\"", "more than 100"),
        ("[[scopes]]\nregions = [\"eu-*\"]", "it needs `mode`"),
        (&format!("{good}controls = [\"s4.*\"]"), "matches no control"),
        (&window("20 December", "2027-01-04T00:00:00Z"), "`from` is `20 December`"),
        (&window("2027-01-04T00:00:00Z", "2026-12-20T00:00:00Z"), "not after `from`"),
    ] {
        let error = Configuration::parse(document, &KNOWN).expect_err(document).to_string();
        assert!(error.contains(what), "{error}");
    }
    assert_eq!(parsed(&good).freezes.len(), 1);
}

#[test]
fn the_document_goes_before_the_stack() {
    let mut configuration = parsed("settle_seconds = 5");
    configuration.stack_settle_seconds = Some(30);
    assert_eq!(configuration.settle_seconds(), 5);
    configuration.settle_seconds = None;
    assert_eq!(configuration.settle_seconds(), 30);
    assert_eq!(Configuration::default().settle_seconds(), 90);
}

#[test]
fn a_control_has_its_own_mode_and_ceiling() {
    let document = "[controls.\"s3.versioning\"]\nmode = \"enforce\"\nceiling = \"disruptive\"";
    let configuration = parsed(document);
    let expected = Enforcement::new(Mode::Enforce, Safety::Disruptive);
    assert_eq!(configuration.enforcement("s3.versioning"), expected);
    assert_eq!(configuration.enforcement("s3.requires-tls"), Enforcement::default());
}

#[test]
fn a_scope_holds_for_what_it_names_and_for_nothing_else() {
    let scope = |lines: &str| parsed(&format!("[[scopes]]\nmode = \"enforce\"\n{lines}"));
    for (lines, is_covered) in [
        ("", true),
        ("controls = [\"s3.*\"]", true),
        ("controls = [\"rds.*\", \"s3.versioning\"]", true),
        ("controls = [\"rds.*\"]", false),
        ("accounts = [\"123456789012\"]", true),
        ("accounts = [\"210987654321\"]", false),
        ("regions = [\"eu-*\"]", true),
        ("regions = [\"us-*\"]", false),
        ("resources = [\"dev-*\"]", true),
        ("resources = [\"*-dev\"]", false),
        ("regions = [\"eu-*\"]\nresources = [\"*-dev\"]", false),
        ("percent = 100", true),
        ("percent = 0", false),
    ] {
        let mode = mode_of(&scope(lines), "s3.versioning", "dev-logs");
        assert_eq!(mode == Mode::Enforce, is_covered, "{lines}");
    }
}

#[test]
fn the_later_scope_changes_what_the_earlier_came_to() {
    let configuration = parsed(
        "[default]\nmode = \"enforce\"\nceiling = \"disruptive\"\n\
         [[scopes]]\nregions = [\"eu-*\"]\nmode = \"observe\"\n\
         [[scopes]]\ncontrols = [\"s3.versioning\"]\nmode = \"approve\"\n",
    );
    let found = |control| of(&configuration, control, "b");
    assert_eq!(found("s3.requires-tls"), Enforcement::new(Mode::Observe, Safety::Disruptive));
    assert_eq!(found("s3.versioning"), Enforcement::new(Mode::Approve, Safety::Disruptive));
}

/// A name is the choice of whoever makes the resource: it must not switch the guard off.
#[test]
fn threat_20_a_name_never_lowers_the_guard_unless_switched_on() {
    let enforced = "[default]\nmode = \"enforce\"\nceiling = \"disruptive\"\n";
    let by_name = "[[scopes]]\nresources = [\"legacy-*\"]\nmode = \"off\"\nceiling = \"safe\"\ngrace_minutes = 600\n";
    let configuration = parsed(&format!("{enforced}{by_name}"));
    let expected = Enforcement::new(Mode::Enforce, Safety::Disruptive);
    assert_eq!(of(&configuration, "s3.versioning", "legacy-x"), expected);
    let share = parsed(&format!("{enforced}[[scopes]]\npercent = 100\nmode = \"off\"\n"));
    assert_eq!(of(&share, "s3.versioning", "b"), expected);
    let trusted = parsed(&format!("{enforced}{by_name}trust_names = true\n"));
    assert_eq!(mode_of(&trusted, "s3.versioning", "legacy-x"), Mode::Off);
    assert_eq!(mode_of(&trusted, "s3.versioning", "other"), Mode::Enforce);
}

fn tagged(tags: &[(&str, &str)]) -> Tags {
    Tags(tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

#[test]
fn a_scope_by_tags_covers_what_has_all_of_them() {
    let scope = "[[scopes]]\ncontrols = [\"s3.versioning\"]\nmode = \"enforce\"\n\
                 tags = { environment = \"dev*\", team = \"storage\" }\n";
    let configuration = parsed(scope);
    for (tags, mode) in [
        (tagged(&[("environment", "development"), ("team", "storage")]), Mode::Enforce),
        (tagged(&[("environment", "development"), ("team", "other")]), Mode::Observe),
        (tagged(&[("environment", "development")]), Mode::Observe),
        (Tags::default(), Mode::Observe),
    ] {
        let found = configuration.enforcement_of("s3.versioning", &bucket("b"), &tags);
        assert_eq!(found.mode, mode, "{tags:?}");
    }
    assert!(configuration.asks_for_tags("s3.versioning", &bucket("b")));
    assert!(!configuration.asks_for_tags("s3.requires-tls", &bucket("b")));
    assert!(
        !parsed("[[scopes]]\nmode = \"enforce\"\n").asks_for_tags("s3.versioning", &bucket("b"))
    );
}

/// As a name, a tag is the choice of whoever makes the resource.
#[test]
fn threat_20_a_tag_never_lowers_the_guard_unless_switched_on() {
    let enforced = "[default]\nmode = \"enforce\"\nceiling = \"disruptive\"\n";
    let by_tag = "[[scopes]]\ntags = { demarc = \"off\" }\nmode = \"off\"\nceiling = \"safe\"\n";
    let tags = tagged(&[("demarc", "off")]);
    let found =
        |document: &str| parsed(document).enforcement_of("s3.versioning", &bucket("b"), &tags);
    let expected = Enforcement::new(Mode::Enforce, Safety::Disruptive);
    assert_eq!(found(&format!("{enforced}{by_tag}")), expected);
    assert_eq!(found(&format!("{enforced}{by_tag}trust_names = true\n")).mode, Mode::Off);
}

#[test]
fn a_larger_share_holds_all_of_a_smaller_one() {
    let share =
        |percent: u8| parsed(&format!("[[scopes]]\npercent = {percent}\nmode = \"enforce\""));
    let shares: Vec<Configuration> = (0..=100).step_by(10).map(share).collect();
    let mut in_a_tenth = 0;
    for number in 0..1_000 {
        let name = format!("bucket-{number}");
        let modes: Vec<Mode> =
            shares.iter().map(|share| mode_of(share, "s3.versioning", &name)).collect();
        assert!(modes.is_sorted(), "{name}: {modes:?}");
        in_a_tenth += usize::from(modes[1] == Mode::Enforce);
    }
    assert!((60..140).contains(&in_a_tenth), "{in_a_tenth} of 1,000 are in a tenth");
}

#[test]
fn what_an_operator_set_goes_before_every_scope() {
    let mut configuration = parsed("[[scopes]]\nmode = \"enforce\"\n");
    configuration
        .by_hand
        .insert("s3.versioning".to_owned(), Enforcement::new(Mode::Off, Safety::Safe));
    assert_eq!(mode_of(&configuration, "s3.versioning", "b"), Mode::Off);
    assert_eq!(mode_of(&configuration, "s3.requires-tls", "b"), Mode::Enforce);
}

#[test]
fn a_freeze_holds_back_from_its_first_second_to_its_last() {
    let configuration = parsed(
        "[[freezes]]\nfrom = \"1970-01-01T00:00:10Z\"\nuntil = \"1970-01-01T00:00:20Z\"\n\
         reason = \"quarter end\"\ncontrols = [\"s3.*\"]\nceiling = \"safe\"\n",
    );
    let holds = |control, safety, now| configuration.freeze(control, safety, now).is_some();
    let disruptive = Safety::Disruptive;
    let moments = [9_999, 10_000, 19_999, 20_000];
    let held = moments.map(|now| holds("s3.versioning", disruptive, now));
    assert_eq!(held, [false, true, true, false]);
    assert!(!holds("s3.versioning", Safety::Safe, 15_000), "its ceiling lets this through");
    assert!(!holds("rds.instances-not-public", disruptive, 15_000), "it names other controls");
}
