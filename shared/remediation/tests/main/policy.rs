//! Whom a statement lets in: one row a spelling.

use demarc_remediation::policy::{Exposure, TlsCoverage, exposure};
use serde_json::{Value, json};

#[derive(Debug, PartialEq)]
enum Is {
    Public,
    Restricted,
    Undecidable,
}

fn judged(statement: &Value) -> Is {
    match exposure(statement) {
        Exposure::Public { .. } => Is::Public,
        Exposure::Restricted { .. } => Is::Restricted,
        Exposure::Undecidable { .. } => Is::Undecidable,
    }
}

#[test]
fn principals() {
    let org = "arn:aws:iam::123456789012";
    for (principal, expected) in [
        (json!("*"), Is::Public),
        (json!({"AWS": "*"}), Is::Public),
        (json!({"AWS": ["*"]}), Is::Public),
        (json!({"AWS": [format!("{org}:root"), "*"]}), Is::Public),
        (json!({"*": "*"}), Is::Public),
        (json!({"Service": "ec2.amazonaws.com", "AWS": "*"}), Is::Public),
        (json!({"AWS": "arn:aws:iam::*:root"}), Is::Public),
        (json!({"AWS": "arn:aws:iam::1234*:root"}), Is::Public),
        (json!({"Service": "*"}), Is::Public),
        (json!({"AWS": "123456789012"}), Is::Restricted),
        (json!({"AWS": format!("{org}:root")}), Is::Restricted),
        (json!({"AWS": format!("{org}:role/*")}), Is::Restricted),
        (json!({"AWS": ["AIDAEXAMPLE", format!("{org}:user/a")]}), Is::Restricted),
        (json!({"Service": "cloudfront.amazonaws.com"}), Is::Restricted),
        (json!({"Federated": "cognito-identity.amazonaws.com"}), Is::Restricted),
        (
            json!({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8"}),
            Is::Restricted,
        ),
        (json!("arn:aws:iam::123456789012:root"), Is::Undecidable),
        (json!({"AWS": []}), Is::Undecidable),
        (json!({"AWS": ""}), Is::Undecidable),
        (json!({"AWS": 123_456_789_012_u64}), Is::Undecidable),
        (json!({"Martian": "x"}), Is::Undecidable),
        (json!({}), Is::Undecidable),
        (json!(null), Is::Undecidable),
    ] {
        let statement = json!({"Effect": "Allow", "Principal": principal, "Action": "s3:*"});
        assert_eq!(judged(&statement), expected, "{statement}");
    }
}

#[test]
fn statements_of_other_forms() {
    for (statement, expected) in [
        (json!({"Effect": "Allow", "NotPrincipal": {"AWS": "123456789012"}}), Is::Public),
        (json!({"Effect": "Deny", "Principal": "*"}), Is::Restricted),
        (json!({"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}}), Is::Restricted),
        (json!({"Effect": "Allow"}), Is::Undecidable),
        (json!({"Effect": "allow", "Principal": "*"}), Is::Undecidable),
        (json!({"Principal": "*"}), Is::Undecidable),
        (json!("Allow"), Is::Undecidable),
        (json!({"Effect": "Allow", "Principal": "*", "Condition": {}}), Is::Public),
        (json!({"Effect": "Allow", "Principal": "*", "Condition": "none"}), Is::Undecidable),
        (json!({"Effect": "Allow", "Principal": "*", "Condition": {"Bool": 1}}), Is::Undecidable),
    ] {
        assert_eq!(judged(&statement), expected, "{statement}");
    }
}

/// Operator, key, value, and what a statement for everyone is under this one condition.
type Row = (&'static str, &'static str, Value, Is);

fn conditions(rows: impl IntoIterator<Item = Row>) {
    for (operator, key, value, expected) in rows {
        let condition = json!({operator: {key: value}});
        let statement = json!({"Effect": "Allow", "Principal": "*", "Condition": condition});
        assert_eq!(judged(&statement), expected, "{condition}");
    }
}

#[test]
fn organizations_and_accounts() {
    conditions([
        ("StringEquals", "aws:PrincipalOrgID", json!("o-a1b2c3d4e5"), Is::Restricted),
        ("StringEquals", "AWS:principalorgid", json!("o-a1b2c3d4e5"), Is::Restricted),
        ("StringEquals", "aws:PrincipalOrgID", json!(["o-a", "o-b"]), Is::Restricted),
        ("StringEqualsIgnoreCase", "aws:PrincipalOrgID", json!("o-a"), Is::Restricted),
        ("StringLike", "aws:PrincipalOrgID", json!("o-a1b2c3d4e5"), Is::Restricted),
        ("StringLike", "aws:PrincipalOrgID", json!("*"), Is::Public),
        ("StringLike", "aws:PrincipalOrgID", json!("o-*"), Is::Public),
        ("StringLike", "aws:PrincipalOrgID", json!(["o-a1b2c3d4e5", "*"]), Is::Public),
        ("StringEqualsIfExists", "aws:PrincipalOrgID", json!("o-a"), Is::Public),
        ("StringNotEquals", "aws:PrincipalOrgID", json!("o-a"), Is::Public),
        ("StringEquals", "aws:PrincipalOrgID", json!("${aws:ResourceOrgID}"), Is::Undecidable),
        ("StringEquals", "aws:PrincipalOrgID", json!([]), Is::Undecidable),
        ("StringEquals", "aws:PrincipalOrgID", json!(""), Is::Undecidable),
        ("StringEquals", "aws:PrincipalOrgID", json!(17), Is::Undecidable),
        ("Null", "aws:PrincipalOrgID", json!("false"), Is::Public),
        ("Null", "aws:PrincipalOrgID", json!("true"), Is::Public),
        ("Bool", "aws:PrincipalOrgID", json!("true"), Is::Undecidable),
        ("StringEquals", "aws:PrincipalAccount", json!("123456789012"), Is::Restricted),
        ("StringEquals", "aws:PrincipalAccount", json!("${aws:ResourceAccount}"), Is::Undecidable),
        ("NumericEquals", "aws:PrincipalAccount", json!("123456789012"), Is::Undecidable),
        (
            "ForAnyValue:StringLike",
            "aws:PrincipalOrgPaths",
            json!("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"),
            Is::Restricted,
        ),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", json!("o-*/r-ab12/*"), Is::Public),
        ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", json!("o-a/r-ab12/*"), Is::Public),
    ]);
}

#[test]
fn principals_by_arn_id_or_service() {
    let role = "arn:aws:iam::123456789012:role/*";
    conditions([
        ("ArnLike", "aws:PrincipalArn", json!(role), Is::Restricted),
        ("ArnEquals", "aws:PrincipalArn", json!(role), Is::Restricted),
        ("StringLike", "aws:PrincipalArn", json!(role), Is::Restricted),
        (
            "StringEquals",
            "aws:PrincipalArn",
            json!("arn:aws:iam::123456789012:role/a"),
            Is::Restricted,
        ),
        ("ArnLike", "aws:PrincipalArn", json!("arn:aws:iam::*:role/admin"), Is::Public),
        ("ArnLike", "aws:PrincipalArn", json!("*"), Is::Public),
        ("StringLike", "aws:PrincipalArn", json!("arn:*:123456789012:*"), Is::Public),
        ("StringLike", "aws:PrincipalArn", json!("arn:*:iam::123456789012:*"), Is::Undecidable),
        ("ArnLike", "aws:PrincipalArn", json!("arn:*:iam::123456789012:*"), Is::Restricted),
        ("ArnNotLike", "aws:PrincipalArn", json!(role), Is::Public),
        ("ArnLikeIfExists", "aws:PrincipalArn", json!(role), Is::Public),
        ("ArnLike", "aws:PrincipalArn", json!("admin"), Is::Undecidable),
        ("StringLike", "aws:userid", json!("AROAEXAMPLEID:*"), Is::Restricted),
        ("StringLike", "aws:userid", json!("*:session"), Is::Public),
        ("StringEquals", "aws:userid", json!("AIDAEXAMPLEID"), Is::Restricted),
        ("Bool", "aws:PrincipalIsAWSService", json!("true"), Is::Restricted),
        ("Bool", "aws:PrincipalIsAWSService", json!(false), Is::Public),
        ("BoolIfExists", "aws:PrincipalIsAWSService", json!("true"), Is::Public),
        (
            "StringEquals",
            "aws:PrincipalServiceName",
            json!("cloudtrail.amazonaws.com"),
            Is::Restricted,
        ),
    ]);
}

#[test]
fn services() {
    conditions([
        ("StringEquals", "aws:SourceAccount", json!("123456789012"), Is::Restricted),
        ("StringEquals", "aws:SourceOwner", json!("123456789012"), Is::Restricted),
        ("StringEquals", "aws:SourceOrgID", json!("o-a"), Is::Restricted),
        ("ForAnyValue:StringLike", "aws:SourceOrgPaths", json!("o-a/*"), Is::Restricted),
        ("ArnLike", "aws:SourceArn", json!("arn:aws:sns:*:123456789012:*"), Is::Restricted),
        ("ArnLike", "aws:SourceArn", json!("arn:aws:s3:::fixed"), Is::Restricted),
        ("ArnLike", "aws:SourceArn", json!("arn:aws:s3:::*"), Is::Public),
        ("ArnLike", "aws:SourceArn", json!("arn:aws:s3:::prefix*"), Is::Public),
    ]);
}

#[test]
fn networks() {
    conditions([
        ("StringEquals", "aws:SourceVpc", json!("vpc-111bbb22"), Is::Restricted),
        ("StringLike", "aws:SourceVpc", json!("vpc-*"), Is::Public),
        ("StringEquals", "aws:SourceVpce", json!("vpce-1a2b3c4d"), Is::Restricted),
        ("StringEqualsIfExists", "aws:SourceVpce", json!("vpce-1a2b3c4d"), Is::Public),
        ("StringEquals", "aws:VpceAccount", json!("123456789012"), Is::Restricted),
        ("StringEquals", "aws:VpceOrgID", json!("o-a"), Is::Restricted),
        ("IpAddress", "aws:VpcSourceIp", json!("10.0.0.0/16"), Is::Public),
        ("IpAddress", "aws:SourceIp", json!("203.0.113.0/24"), Is::Restricted),
        ("IpAddress", "aws:SourceIp", json!("203.0.113.7"), Is::Restricted),
        ("IpAddress", "aws:SourceIp", json!(["203.0.113.0/24", "2001:db8::/32"]), Is::Restricted),
        ("IpAddress", "aws:SourceIp", json!("0.0.0.0/0"), Is::Public),
        ("IpAddress", "aws:SourceIp", json!("203.0.113.7/0"), Is::Public),
        ("IpAddress", "aws:SourceIp", json!(["0.0.0.0/1", "128.0.0.0/1"]), Is::Public),
        ("IpAddress", "aws:SourceIp", json!(["203.0.113.0/24", "::/0"]), Is::Public),
        ("IpAddress", "aws:SourceIp", json!("2001::/16"), Is::Public),
        ("IpAddress", "aws:SourceIp", json!("10.0.0.0/8"), Is::Restricted),
        ("IpAddress", "aws:SourceIp", json!("fc00::/7"), Is::Restricted),
        ("IpAddressIfExists", "aws:SourceIp", json!("203.0.113.0/24"), Is::Public),
        ("NotIpAddress", "aws:SourceIp", json!("203.0.113.0/24"), Is::Public),
        ("IpAddress", "aws:SourceIp", json!("office"), Is::Undecidable),
        ("StringLike", "aws:SourceIp", json!("203.0.113.*"), Is::Undecidable),
        ("StringEquals", "aws:SourceIp", json!("203.0.113.7"), Is::Undecidable),
    ]);
}

#[test]
fn access_points_and_keys() {
    conditions([
        ("StringEquals", "s3:DataAccessPointAccount", json!("123456789012"), Is::Restricted),
        (
            "ArnLike",
            "s3:DataAccessPointArn",
            json!("arn:aws:s3:eu-central-1:123456789012:accesspoint/*"),
            Is::Restricted,
        ),
        ("ArnLike", "s3:DataAccessPointArn", json!("arn:aws:s3:*:*:accesspoint/a"), Is::Public),
        (
            "StringEquals",
            "s3:x-amz-server-side-encryption-aws-kms-key-id",
            json!("arn:aws:kms:eu-central-1:123456789012:key/1"),
            Is::Restricted,
        ),
    ]);
}

#[test]
fn what_does_not_say_who() {
    conditions([
        ("Bool", "aws:SecureTransport", json!("true"), Is::Public),
        ("StringLike", "aws:UserAgent", json!("secret"), Is::Public),
        ("StringLike", "aws:Referer", json!("https://www.example.com/*"), Is::Public),
        ("StringEquals", "sts:ExternalId", json!("12345"), Is::Public),
        ("StringEquals", "aws:PrincipalTag/team", json!("red"), Is::Public),
        ("StringEquals", "aws:PrincipalType", json!("User"), Is::Public),
        ("StringEquals", "aws:username", json!("andrew"), Is::Public),
        ("StringLike", "s3:prefix", json!("public/*"), Is::Public),
        ("StringEquals", "s3:x-amz-acl", json!("bucket-owner-full-control"), Is::Public),
        ("StringEquals", "s3:ExistingObjectTag/open", json!("yes"), Is::Public),
        ("DateLessThan", "aws:CurrentTime", json!("2030-01-01T00:00:00Z"), Is::Public),
        ("NumericLessThan", "s3:TlsVersion", json!("1.2"), Is::Public),
        ("Bool", "aws:ViaAWSService", json!("true"), Is::Public),
    ]);
}

#[test]
fn what_is_not_known() {
    conditions([
        ("StringEquals", "example:Key", json!("x"), Is::Undecidable),
        ("StringNotEquals", "example:Key", json!("x"), Is::Public),
        ("Null", "example:Key", json!("false"), Is::Undecidable),
        ("StringMatches", "aws:PrincipalOrgID", json!("o-a"), Is::Undecidable),
        ("stringequals", "aws:PrincipalOrgID", json!("o-a"), Is::Undecidable),
        ("ForSomeValues:StringEquals", "aws:PrincipalOrgID", json!("o-a"), Is::Undecidable),
    ]);
}

#[test]
fn a_reason_is_not_longer_than_a_line() {
    let long = "\u{e4}".repeat(10_000);
    let statement = json!({"Effect": long, "Principal": long});
    assert!(exposure(&statement).why().chars().count() < 120);
    let statement = json!({"Effect": "Allow", "Principal": long});
    assert!(exposure(&statement).why().chars().count() < 120);
}

#[test]
fn several_conditions_all_have_to_hold() {
    let org = json!({"aws:PrincipalOrgID": "o-a"});
    let tls = json!({"aws:SecureTransport": "true"});
    let unknown = json!({"example:Key": "x"});
    let present = json!({"AWS:PrincipalOrgID": "false"});
    for (condition, expected) in [
        (json!({"Bool": tls, "StringEquals": org}), Is::Restricted),
        (
            json!({"StringEquals": {"example:Key": "x", "aws:PrincipalOrgID": "o-a"}}),
            Is::Restricted,
        ),
        (json!({"Bool": tls, "StringEquals": unknown}), Is::Undecidable),
        (json!({"StringEqualsIfExists": org, "Null": present}), Is::Restricted),
        (json!({"ForAllValues:StringEquals": org, "Null": present}), Is::Restricted),
        (json!({"StringEqualsIfExists": org, "Null": {"aws:SourceIp": "false"}}), Is::Public),
    ] {
        let statement = json!({
            "Effect": "Allow", "NotPrincipal": {"AWS": "123456789012"}, "Condition": condition
        });
        assert_eq!(judged(&statement), expected, "{condition}");
    }
}

#[test]
fn which_statements_refuse_plain_http() {
    const ARN: &str = "arn:aws:s3:::sample";
    let good = json!({
        "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [ARN, "arn:aws:s3:::sample/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    });
    let with = |name: &str, value: Value| {
        let mut statement = good.clone();
        statement[name] = value;
        statement
    };
    let not = json!({"aws:SecureTransport": "false"});
    for (statement, expected) in [
        (good.clone(), true),
        (with("Principal", json!({"AWS": "*"})), true),
        (with("Principal", json!({"AWS": ["*"]})), true),
        (with("Principal", json!({"*": "*"})), true),
        (with("Principal", json!({"AWS": "123456789012"})), false),
        (with("NotPrincipal", json!({"AWS": "123456789012"})), false),
        (with("Effect", json!("Allow")), false),
        (with("Action", json!(["s3:*"])), true),
        (with("Action", json!("S3:*")), true),
        (with("Action", json!("*")), true),
        (with("Action", json!("s3:GetObject")), false),
        (with("Action", json!("s3:Get*")), false),
        (with("Resource", json!("*")), true),
        (with("Resource", json!("arn:aws:s3:::sample*")), true),
        (with("Resource", json!("arn:aws:s3:::*")), true),
        (with("Resource", json!("arn:aws:s3:::sample/*")), false),
        (with("Resource", json!(ARN)), false),
        (with("Resource", json!([ARN, "arn:aws:s3:::sample/logs/*"])), false),
        (with("Resource", json!([ARN, "arn:aws:s3:::sample/"])), false),
        (with("Resource", json!([ARN, "arn:aws:s3:::other/*"])), false),
        (with("Resource", json!([ARN, "arn:aws-cn:s3:::sample/*"])), false),
        (with("Condition", json!({"Bool": {"aws:securetransport": false}})), true),
        (with("Condition", json!({"Bool": {"aws:SecureTransport": ["false"]}})), true),
        (with("Condition", json!({"BoolIfExists": not})), true),
        (with("Condition", json!({"Bool": {"aws:SecureTransport": "true"}})), false),
        (with("Condition", json!({"Bool": not, "IpAddress": {"aws:SourceIp": "::/0"}})), false),
        (with("Condition", json!({"NumericLessThan": {"s3:TlsVersion": "1.2"}})), false),
        (with("Condition", json!({"StringEquals": not})), false),
        (with("Condition", json!(null)), false),
    ] {
        assert_eq!(TlsCoverage::of([&statement], ARN).is_complete(), expected, "{statement}");
    }
    let halves = [with("Resource", json!(ARN)), with("Resource", json!("arn:aws:s3:::sample/*"))];
    assert!(TlsCoverage::of(&halves, ARN).is_complete());
}
