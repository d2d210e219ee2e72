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
fn one_condition() -> Vec<(&'static str, &'static str, Value, Is)> {
    use Is::{Public, Restricted, Undecidable};
    let role = "arn:aws:iam::123456789012:role/*";
    vec![
        // Who the caller is.
        ("StringEquals", "aws:PrincipalOrgID", json!("o-a1b2c3d4e5"), Restricted),
        ("StringEquals", "AWS:principalorgid", json!("o-a1b2c3d4e5"), Restricted),
        ("StringEquals", "aws:PrincipalOrgID", json!(["o-a", "o-b"]), Restricted),
        ("StringEqualsIgnoreCase", "aws:PrincipalOrgID", json!("o-a"), Restricted),
        ("StringLike", "aws:PrincipalOrgID", json!("o-a1b2c3d4e5"), Restricted),
        ("StringLike", "aws:PrincipalOrgID", json!("*"), Public),
        ("StringLike", "aws:PrincipalOrgID", json!("o-*"), Public),
        ("StringLike", "aws:PrincipalOrgID", json!(["o-a1b2c3d4e5", "*"]), Public),
        ("StringEqualsIfExists", "aws:PrincipalOrgID", json!("o-a"), Public),
        ("StringNotEquals", "aws:PrincipalOrgID", json!("o-a"), Public),
        ("StringEquals", "aws:PrincipalOrgID", json!("${aws:ResourceOrgID}"), Undecidable),
        ("StringEquals", "aws:PrincipalOrgID", json!([]), Undecidable),
        ("StringEquals", "aws:PrincipalOrgID", json!(""), Undecidable),
        ("StringEquals", "aws:PrincipalOrgID", json!(17), Undecidable),
        ("Null", "aws:PrincipalOrgID", json!("false"), Public),
        ("Null", "aws:PrincipalOrgID", json!("true"), Public),
        ("Bool", "aws:PrincipalOrgID", json!("true"), Undecidable),
        ("StringEquals", "aws:PrincipalAccount", json!("123456789012"), Restricted),
        ("StringEquals", "aws:PrincipalAccount", json!("${aws:ResourceAccount}"), Undecidable),
        ("NumericEquals", "aws:PrincipalAccount", json!("123456789012"), Undecidable),
        (
            "ForAnyValue:StringLike",
            "aws:PrincipalOrgPaths",
            json!("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"),
            Restricted,
        ),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", json!("o-*/r-ab12/*"), Public),
        ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", json!("o-a/r-ab12/*"), Public),
        ("ArnLike", "aws:PrincipalArn", json!(role), Restricted),
        ("ArnEquals", "aws:PrincipalArn", json!(role), Restricted),
        ("StringLike", "aws:PrincipalArn", json!(role), Restricted),
        ("StringEquals", "aws:PrincipalArn", json!("arn:aws:iam::123456789012:role/a"), Restricted),
        ("ArnLike", "aws:PrincipalArn", json!("arn:aws:iam::*:role/admin"), Public),
        ("ArnLike", "aws:PrincipalArn", json!("*"), Public),
        ("StringLike", "aws:PrincipalArn", json!("arn:*:123456789012:*"), Public),
        ("StringLike", "aws:PrincipalArn", json!("arn:*:iam::123456789012:*"), Undecidable),
        ("ArnLike", "aws:PrincipalArn", json!("arn:*:iam::123456789012:*"), Restricted),
        ("ArnNotLike", "aws:PrincipalArn", json!(role), Public),
        ("ArnLikeIfExists", "aws:PrincipalArn", json!(role), Public),
        ("ArnLike", "aws:PrincipalArn", json!("admin"), Undecidable),
        ("StringLike", "aws:userid", json!("AROAEXAMPLEID:*"), Restricted),
        ("StringLike", "aws:userid", json!("*:session"), Public),
        ("StringEquals", "aws:userid", json!("AIDAEXAMPLEID"), Restricted),
        ("Bool", "aws:PrincipalIsAWSService", json!("true"), Restricted),
        ("Bool", "aws:PrincipalIsAWSService", json!(false), Public),
        ("BoolIfExists", "aws:PrincipalIsAWSService", json!("true"), Public),
        ("StringEquals", "aws:PrincipalServiceName", json!("cloudtrail.amazonaws.com"), Restricted),
        // From which account, organization or resource a service acts.
        ("StringEquals", "aws:SourceAccount", json!("123456789012"), Restricted),
        ("StringEquals", "aws:SourceOwner", json!("123456789012"), Restricted),
        ("StringEquals", "aws:SourceOrgID", json!("o-a"), Restricted),
        ("ForAnyValue:StringLike", "aws:SourceOrgPaths", json!("o-a/*"), Restricted),
        ("ArnLike", "aws:SourceArn", json!("arn:aws:sns:*:123456789012:*"), Restricted),
        ("ArnLike", "aws:SourceArn", json!("arn:aws:s3:::fixed"), Restricted),
        ("ArnLike", "aws:SourceArn", json!("arn:aws:s3:::*"), Public),
        ("ArnLike", "aws:SourceArn", json!("arn:aws:s3:::prefix*"), Public),
        // From which network.
        ("StringEquals", "aws:SourceVpc", json!("vpc-111bbb22"), Restricted),
        ("StringLike", "aws:SourceVpc", json!("vpc-*"), Public),
        ("StringEquals", "aws:SourceVpce", json!("vpce-1a2b3c4d"), Restricted),
        ("StringEqualsIfExists", "aws:SourceVpce", json!("vpce-1a2b3c4d"), Public),
        ("StringEquals", "aws:VpceAccount", json!("123456789012"), Restricted),
        ("StringEquals", "aws:VpceOrgID", json!("o-a"), Restricted),
        ("IpAddress", "aws:VpcSourceIp", json!("10.0.0.0/16"), Public),
        ("IpAddress", "aws:SourceIp", json!("203.0.113.0/24"), Restricted),
        ("IpAddress", "aws:SourceIp", json!("203.0.113.7"), Restricted),
        ("IpAddress", "aws:SourceIp", json!(["203.0.113.0/24", "2001:db8::/32"]), Restricted),
        ("IpAddress", "aws:SourceIp", json!("0.0.0.0/0"), Public),
        ("IpAddress", "aws:SourceIp", json!("203.0.113.7/0"), Public),
        ("IpAddress", "aws:SourceIp", json!(["0.0.0.0/1", "128.0.0.0/1"]), Public),
        ("IpAddress", "aws:SourceIp", json!(["203.0.113.0/24", "::/0"]), Public),
        ("IpAddress", "aws:SourceIp", json!("2001::/16"), Public),
        ("IpAddress", "aws:SourceIp", json!("10.0.0.0/8"), Restricted),
        ("IpAddress", "aws:SourceIp", json!("fc00::/7"), Restricted),
        ("IpAddressIfExists", "aws:SourceIp", json!("203.0.113.0/24"), Public),
        ("NotIpAddress", "aws:SourceIp", json!("203.0.113.0/24"), Public),
        ("IpAddress", "aws:SourceIp", json!("office"), Undecidable),
        ("StringLike", "aws:SourceIp", json!("203.0.113.*"), Undecidable),
        ("StringEquals", "aws:SourceIp", json!("203.0.113.7"), Undecidable),
        // Through which access point, or with which key.
        ("StringEquals", "s3:DataAccessPointAccount", json!("123456789012"), Restricted),
        (
            "ArnLike",
            "s3:DataAccessPointArn",
            json!("arn:aws:s3:eu-central-1:123456789012:accesspoint/*"),
            Restricted,
        ),
        ("ArnLike", "s3:DataAccessPointArn", json!("arn:aws:s3:*:*:accesspoint/a"), Public),
        (
            "StringEquals",
            "s3:x-amz-server-side-encryption-aws-kms-key-id",
            json!("arn:aws:kms:eu-central-1:123456789012:key/1"),
            Restricted,
        ),
        // What does not say who.
        ("Bool", "aws:SecureTransport", json!("true"), Public),
        ("StringLike", "aws:UserAgent", json!("secret"), Public),
        ("StringLike", "aws:Referer", json!("https://www.example.com/*"), Public),
        ("StringEquals", "sts:ExternalId", json!("12345"), Public),
        ("StringEquals", "aws:PrincipalTag/team", json!("red"), Public),
        ("StringEquals", "aws:PrincipalType", json!("User"), Public),
        ("StringEquals", "aws:username", json!("andrew"), Public),
        ("StringLike", "s3:prefix", json!("public/*"), Public),
        ("StringEquals", "s3:x-amz-acl", json!("bucket-owner-full-control"), Public),
        ("StringEquals", "s3:ExistingObjectTag/open", json!("yes"), Public),
        ("DateLessThan", "aws:CurrentTime", json!("2030-01-01T00:00:00Z"), Public),
        ("NumericLessThan", "s3:TlsVersion", json!("1.2"), Public),
        ("Bool", "aws:ViaAWSService", json!("true"), Public),
        // What is not known.
        ("StringEquals", "example:Key", json!("x"), Undecidable),
        ("StringNotEquals", "example:Key", json!("x"), Public),
        ("Null", "example:Key", json!("false"), Undecidable),
        ("StringMatches", "aws:PrincipalOrgID", json!("o-a"), Undecidable),
        ("stringequals", "aws:PrincipalOrgID", json!("o-a"), Undecidable),
        ("ForSomeValues:StringEquals", "aws:PrincipalOrgID", json!("o-a"), Undecidable),
    ]
}

#[test]
fn conditions() {
    for (operator, key, value, expected) in one_condition() {
        let condition = json!({operator: {key: value}});
        let statement = json!({"Effect": "Allow", "Principal": "*", "Condition": condition});
        assert_eq!(judged(&statement), expected, "{condition}");
    }
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
