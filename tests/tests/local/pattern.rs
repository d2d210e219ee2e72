use demarc_tests::local::pattern::matches;
use serde_json::{Value, json};

fn table(cases: &[(Value, Value, bool)]) {
    for (pattern, event, expected) in cases {
        let found = matches(pattern, event).unwrap();
        assert_eq!(found, *expected, "pattern {pattern}\nevent {event}");
    }
}

#[test]
fn exact_values() {
    let event = json!({"a": "x", "n": 5, "b": false, "z": null, "o": {"p": "q"}, "e": ""});
    table(&[
        (json!({"a": ["x"]}), event.clone(), true),
        (json!({"a": ["y", "x"]}), event.clone(), true),
        (json!({"a": ["X"]}), event.clone(), false),
        (json!({"A": ["x"]}), event.clone(), false),
        (json!({"n": [5]}), event.clone(), true),
        (json!({"n": ["5"]}), event.clone(), false),
        (json!({"b": [false]}), event.clone(), true),
        (json!({"b": ["false"]}), event.clone(), false),
        (json!({"z": [null]}), event.clone(), true),
        (json!({"a": [null]}), event.clone(), false),
        (json!({"missing": [null]}), event.clone(), false),
        (json!({"e": [""]}), event.clone(), true),
        (json!({"o": {"p": ["q"]}, "a": ["x"]}), event.clone(), true),
        (json!({"o": {"p": ["q"]}, "a": ["y"]}), event.clone(), false),
        (json!({"o": {"missing": ["q"]}}), event.clone(), false),
        (json!({"a": {"p": ["q"]}}), event, false),
    ]);
}

#[test]
fn arrays_match_by_any_element() {
    let event = json!({"l": ["a", "b"], "none": [], "o": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]});
    table(&[
        (json!({"l": ["b", "c"]}), event.clone(), true),
        (json!({"l": ["c"]}), event.clone(), false),
        (json!({"l": [{"prefix": "b"}]}), event.clone(), true),
        (json!({"l": [{"anything-but": "a"}]}), event.clone(), true),
        (json!({"l": [{"anything-but": ["a", "b"]}]}), event.clone(), false),
        (json!({"none": [{"exists": false}]}), event.clone(), true),
        (json!({"none": [{"anything-but": "a"}]}), event.clone(), false),
        (json!({"o": {"x": [1]}}), event.clone(), true),
        (json!({"o": {"x": [1], "y": [2]}}), event.clone(), true),
        // Of two different elements.
        (json!({"o": {"x": [1], "y": [4]}}), event.clone(), false),
        (json!({"o": {"x": [2]}}), event, false),
    ]);
}

#[test]
fn existence_is_that_of_leaves() {
    let event = json!({"a": "x", "z": null, "o": {"p": "q"}});
    table(&[
        (json!({"a": [{"exists": true}]}), event.clone(), true),
        (json!({"a": [{"exists": false}]}), event.clone(), false),
        (json!({"z": [{"exists": true}]}), event.clone(), true),
        (json!({"m": [{"exists": false}]}), event.clone(), true),
        (json!({"m": {"n": [{"exists": false}]}}), event.clone(), true),
        (json!({"m": {"n": [{"exists": true}]}}), event.clone(), false),
        (json!({"o": {"n": [{"exists": false}], "p": ["q"]}}), event.clone(), true),
        // An object is no leaf.
        (json!({"o": [{"exists": true}]}), event.clone(), false),
        (json!({"o": [{"exists": false}]}), event, true),
    ]);
}

/// The rules exclude Demarc's own roles; a user or root has no session issuer at all.
#[test]
fn own_roles_are_excluded_and_users_are_not() {
    let event = |identity: Value| json!({"detail": {"userIdentity": identity}});
    let issuer = |arn: &str| event(json!({"sessionContext": {"sessionIssuer": {"arn": arn}}}));
    let arn = |list: Value| json!({"detail": {"userIdentity": {"sessionContext": {"sessionIssuer": {"arn": list}}}}});
    let own = "arn:aws:iam::123456789012:role/demarc";
    let right = arn(json!([{"exists": false}, {"anything-but": [own]}]));
    let bare = arn(json!([{"anything-but": [own]}]));
    table(&[
        (right.clone(), event(json!({"type": "Root"})), true),
        (right.clone(), issuer("arn:aws:iam::123456789012:role/other"), true),
        (right, issuer(own), false),
        (bare.clone(), event(json!({"type": "Root"})), false),
        (bare, issuer("arn:aws:iam::123456789012:role/other"), true),
    ]);
}

#[test]
fn operators() {
    let p = |operator: Value| json!({"f": [operator]});
    let e = |value: Value| json!({"f": value});
    table(&[
        (p(json!({"prefix": "ab"})), e(json!("abc")), true),
        (p(json!({"prefix": "b"})), e(json!("abc")), false),
        (p(json!({"prefix": {"equals-ignore-case": "AB"}})), e(json!("abc")), true),
        (p(json!({"suffix": "bc"})), e(json!("abc")), true),
        (p(json!({"suffix": {"equals-ignore-case": "BC"}})), e(json!("abc")), true),
        (p(json!({"suffix": "ab"})), e(json!("abc")), false),
        (p(json!({"equals-ignore-case": "ABC"})), e(json!("abc")), true),
        (p(json!({"equals-ignore-case": "ABCD"})), e(json!("abc")), false),
        (p(json!({"anything-but": "x"})), e(json!("abc")), true),
        (p(json!({"anything-but": "abc"})), e(json!("abc")), false),
        (p(json!({"anything-but": [1, 2]})), e(json!(3)), true),
        (p(json!({"anything-but": [1, 2]})), e(json!(2)), false),
        (p(json!({"anything-but": {"prefix": "ab"}})), e(json!("abc")), false),
        (p(json!({"anything-but": {"prefix": ["x", "ab"]}})), e(json!("abc")), false),
        (p(json!({"anything-but": {"suffix": "x"}})), e(json!("abc")), true),
        (p(json!({"anything-but": {"wildcard": "a*c"}})), e(json!("abc")), false),
        (p(json!({"anything-but": {"equals-ignore-case": ["ABC"]}})), e(json!("abc")), false),
        (p(json!({"numeric": ["=", 3]})), e(json!(3.0)), true),
        (p(json!({"numeric": [">", 0, "<=", 5]})), e(json!(5)), true),
        (p(json!({"numeric": [">", 0, "<=", 5]})), e(json!(0)), false),
        (p(json!({"numeric": [">", 0]})), e(json!("5")), false),
        (p(json!({"cidr": "10.0.0.0/24"})), e(json!("10.0.0.255")), true),
        (p(json!({"cidr": "10.0.0.0/24"})), e(json!("10.0.1.0")), false),
        (p(json!({"cidr": "0.0.0.0/0"})), e(json!("10.0.1.0")), true),
        (p(json!({"cidr": "0.0.0.0/0"})), e(json!("::1")), false),
        (p(json!({"cidr": "2001:db8::/32"})), e(json!("2001:db8::1")), true),
        (p(json!({"wildcard": "dir/*/x*"})), e(json!("dir/a/b/xyz")), true),
        (p(json!({"wildcard": "*.png"})), e(json!("a.pngx")), false),
        (p(json!({"wildcard": "a\\*b"})), e(json!("a*b")), true),
        (p(json!({"wildcard": "a\\*b"})), e(json!("axb")), false),
    ]);
}

#[test]
fn alternatives_across_fields() {
    let pattern = json!({"s": ["x"], "$or": [{"a": [1]}, {"b": {"c": [2]}}]});
    table(&[
        (pattern.clone(), json!({"s": "x", "a": 1}), true),
        (pattern.clone(), json!({"s": "x", "b": {"c": 2}}), true),
        (pattern.clone(), json!({"s": "x", "a": 2}), false),
        (pattern, json!({"s": "y", "a": 1}), false),
    ]);
}

#[test]
fn what_eventbridge_refuses_is_an_error() {
    let event = json!({});
    for pattern in [
        json!("text"),
        json!({}),
        json!({"a": "x"}),
        json!({"a": []}),
        json!({"a": {}}),
        json!({"a": [["x"]]}),
        json!({"a": [{}]}),
        json!({"a": [{"prefix": "x", "suffix": "y"}]}),
        json!({"a": [{"like": "x"}]}),
        json!({"a": [{"prefix": 5}]}),
        json!({"a": [{"exists": "yes"}]}),
        json!({"a": [{"numeric": [">"]}]}),
        json!({"a": [{"numeric": ["!", 5]}]}),
        json!({"a": [{"cidr": "10.0.0.0/33"}]}),
        json!({"a": [{"anything-but": []}]}),
        json!({"a": [{"anything-but": {"numeric": ["=", 1]}}]}),
        json!({"$or": [{"a": [1]}]}),
        // After a field that decides already.
        json!({"a": ["x"], "b": {"c": [{"like": "x"}]}}),
    ] {
        assert!(matches(&pattern, &event).is_err(), "{pattern}");
    }
    let inside = json!({"l": {"a": [{"exists": false}]}});
    assert!(matches(&inside, &json!({"l": [{"a": 1}]})).is_err());
}
