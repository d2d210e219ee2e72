//! ARNs, partitions and keys.

use demarc_classification::{Resource, kinds, parse_arn, partition};

fn resource(kind: &str, id: &str) -> Resource {
    Resource {
        kind: kind.into(),
        account: "123456789012".into(),
        region: "eu-west-1".into(),
        id: id.into(),
    }
}

#[test]
fn partitions() {
    let cases = [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"),
        ("apiso-centralnorth-2r", "aws"),
        ("", "aws"),
    ];
    for (region, expected) in cases {
        assert_eq!(partition(region), expected, "{region}");
    }
}

#[test]
fn arns_there_and_back() {
    let cases = [
        (kinds::BUCKET, "demarc-sample", "arn:aws:s3:::demarc-sample"),
        (kinds::SECURITY_GROUP, "sg-1", "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1"),
        (kinds::VPC, "vpc-1", "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1"),
        (kinds::FLOW_LOG, "fl-1", "arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/fl-1"),
        (kinds::DB_INSTANCE, "d", "arn:aws:rds:eu-west-1:123456789012:db:d"),
        (kinds::ACCOUNT, "123456789012", "arn:aws:iam::123456789012:root"),
    ];
    for (kind, id, arn) in cases {
        let resource = resource(kind, id);
        assert_eq!(resource.arn().as_deref(), Some(arn));
        assert_eq!(Resource::from_arn(arn, "123456789012", "eu-west-1"), Some(resource));
    }
    assert_eq!(resource("AWS::Quantum::Ledger", "x").arn(), None);
    let china = Resource { region: "cn-north-1".into(), ..resource(kinds::BUCKET, "b") };
    assert_eq!(china.arn().as_deref(), Some("arn:aws-cn:s3:::b"));
}

#[test]
fn arns_that_are_not_read() {
    for arn in [
        "",
        "arn",
        "arn:aws:s3",
        "arn:aws:s3:::",
        "arn:aws:s3:::b/key",
        "arn:aws::::x",
        "s3:aws:s3:::b",
        "arn:aws:ec2:r:1:vpc/",
        "arn:aws:ec2:r:1:vpc/a/b",
        "arn:aws:rds:r:1:quantum:s",
        "arn:aws:iam::1:user/",
        "demarc-sample",
    ] {
        assert_eq!(Resource::from_arn(arn, "1", "r"), None, "{arn}");
    }
    assert_eq!(parse_arn("arn:aws:rds:r:1:db:d").unwrap().resource, "db:d");
}

#[test]
fn arns_with_paths_and_qualifiers() {
    for (arn, kind, id) in [
        ("arn:aws:iam::1:user/deep/path/bob", "AWS::IAM::User", "bob"),
        ("arn:aws:lambda:r:1:function:f:$LATEST", "AWS::Lambda::Function", "f"),
        ("arn:aws:logs:r:1:log-group:/aws/lambda/f:*", "AWS::Logs::LogGroup", "/aws/lambda/f"),
        ("arn:aws:rds:r:1:snapshot:s", "AWS::RDS::DBSnapshot", "s"),
        (
            "arn:aws:elasticloadbalancing:r:1:loadbalancer/app/a/1",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "app/a/1",
        ),
        (
            "arn:aws:elasticloadbalancing:r:1:loadbalancer/a",
            "AWS::ElasticLoadBalancing::LoadBalancer",
            "a",
        ),
    ] {
        let read = Resource::from_arn(arn, "1", "r").unwrap_or_else(|| panic!("{arn}"));
        assert_eq!((read.kind.as_str(), read.id.as_str()), (kind, id), "{arn}");
    }
}

#[test]
fn every_arn_that_is_written_is_read_again() {
    use demarc_classification::catalogue::types::Type;
    for known in Type::all().filter(|known| !known.arn.is_empty() && known.name != kinds::ACCOUNT) {
        let id = if known.arn.contains("{path}") { "app/a-name" } else { "a-name" };
        let resource = resource(known.name, id);
        let arn = resource.arn().unwrap();
        let read = Resource::from_arn(&arn, &resource.account, &resource.region);
        assert_eq!(read, Some(resource), "{arn}");
    }
}

#[test]
fn keys_never_collide() {
    let plain = resource(kinds::BUCKET, "demarc-sample");
    assert_eq!(plain.key(), "AWS::S3::Bucket|123456789012|eu-west-1|demarc-sample");
    for id in ["a|b", "a%7Cb", "%", "%25", "%257C", "|", "a\nb", ""] {
        let odd = resource(kinds::BUCKET, id);
        assert_eq!(odd.key().matches('|').count(), 3, "{id}");
        assert_eq!(Resource::from_key(&odd.key()), Some(odd), "{id}");
    }
    assert_ne!(resource(kinds::BUCKET, "a|b").key(), resource(kinds::BUCKET, "a%7Cb").key());
    assert_eq!(Resource::from_key("a|b|c"), None);
    assert_eq!(Resource::from_key("a|b|c|d|e"), None);
}
