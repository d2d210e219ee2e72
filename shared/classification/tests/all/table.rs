use Responsibility::{Aws, Customer, Shared};
use ServiceModel::{Abstracted, Governance, Infrastructure, ManagedPlatform, ServerlessCompute};
use demarc_classification::{
    Classification, Disposition, Kind, Layer, Responsibility, ServiceModel, demarcate, kinds,
    layer, service_model,
};

fn whose(layer: Layer) -> [Responsibility; 4] {
    [Infrastructure, ManagedPlatform, ServerlessCompute, Abstracted]
        .map(|model| demarcate(model, layer).0)
}

#[test]
fn the_table_of_layers_and_service_models() {
    for layer in [Layer::Facility, Layer::Hardware, Layer::Hypervisor, Layer::ManagedControlPlane] {
        assert_eq!(whose(layer), [Aws; 4], "{layer}");
    }
    assert_eq!(whose(Layer::GuestOs), [Customer, Aws, Aws, Aws]);
    assert_eq!(whose(Layer::EngineOrRuntime), [Customer, Shared, Shared, Aws]);
    assert_eq!(whose(Layer::PlatformVersion), [Customer, Shared, Shared, Aws]);
    for layer in [
        Layer::NetworkExposure,
        Layer::IdentityAndAccess,
        Layer::DataProtection,
        Layer::LoggingAndMonitoring,
        Layer::ApplicationCode,
        Layer::DataContent,
    ] {
        assert_eq!(whose(layer), [Customer; 4], "{layer}");
    }
    assert_eq!(whose(Layer::Resilience), [Customer, Customer, Shared, Customer]);
    assert_eq!(whose(Layer::PeopleAndTraining), [Shared; 4]);
}

#[test]
fn worked_examples() {
    let cases = [
        ("a break-in at a data centre", Infrastructure, Layer::Facility, Aws, Kind::Inherited),
        ("an unpatched instance", Infrastructure, Layer::GuestOs, Customer, Kind::SharedPatch),
        (
            "a public bucket",
            Abstracted,
            Layer::NetworkExposure,
            Customer,
            Kind::SharedConfiguration,
        ),
        (
            "a user without mfa",
            Governance,
            Layer::IdentityAndAccess,
            Customer,
            Kind::SharedConfiguration,
        ),
        (
            "an unencrypted database",
            ManagedPlatform,
            Layer::DataProtection,
            Customer,
            Kind::SharedConfiguration,
        ),
        (
            "users inside a database",
            ManagedPlatform,
            Layer::DataContent,
            Customer,
            Kind::CustomerSpecific,
        ),
        ("rds patches its hosts", ManagedPlatform, Layer::GuestOs, Aws, Kind::Inherited),
        (
            "an rds engine upgrade",
            ManagedPlatform,
            Layer::EngineOrRuntime,
            Shared,
            Kind::SharedPatch,
        ),
        ("s3 keeps tenants apart", Abstracted, Layer::ManagedControlPlane, Aws, Kind::Inherited),
        ("awareness", Governance, Layer::PeopleAndTraining, Shared, Kind::SharedTraining),
    ];
    for (what, model, layer, responsibility, kind) in cases {
        assert_eq!(demarcate(model, layer), (responsibility, kind), "{what}");
    }
}

#[test]
fn the_table_has_no_hole() {
    for model in ServiceModel::ALL {
        for layer in Layer::ALL {
            let (responsibility, kind) = demarcate(*model, *layer);
            assert_ne!(responsibility, Responsibility::Undetermined, "{model} {layer}");
            // Inherited means AWS alone, and the other way round.
            assert_eq!(responsibility == Aws, kind == Kind::Inherited, "{model} {layer}");
        }
    }
}

#[test]
fn services_by_event_source_and_by_type() {
    let cases = [
        ("s3.amazonaws.com", Some(Abstracted)),
        ("AWS::S3::Bucket", Some(Abstracted)),
        ("AWS::EC2::VPC", Some(Infrastructure)),
        ("ec2.amazonaws.com.cn", Some(Infrastructure)),
        ("AWS::RDS::DBInstance", Some(ManagedPlatform)),
        ("lambda.amazonaws.com", Some(ServerlessCompute)),
        ("AWS::CertificateManager::Certificate", Some(Abstracted)),
        (kinds::ACCOUNT, Some(Governance)),
        ("quantum.amazonaws.com", None),
        ("AWS::Quantum::Ledger", None),
        ("s3.example.com", None),
        ("s3", None),
        ("AWS::", None),
        ("", None),
    ];
    for (name, model) in cases {
        assert_eq!(service_model(name), model, "{name}");
    }
}

// Fact 13: a name alone is ambiguous.
#[test]
fn a_call_is_looked_up_with_its_service() {
    assert_eq!(layer("lambda.amazonaws.com", "AddPermission"), Some(Layer::IdentityAndAccess));
    assert_eq!(layer("kms.amazonaws.com", "AddPermission"), None);
    assert_eq!(layer("s3.amazonaws.com", "CreateCluster"), None);
    assert_eq!(layer("s3.example.com", "PutBucketPolicy"), None);
}

// Fact 6: CloudTrail's names are not IAM's.
#[test]
fn calls_have_cloudtrail_names() {
    assert_eq!(layer("s3.amazonaws.com", "PutBucketLifecycle"), Some(Layer::Resilience));
    assert_eq!(layer("s3.amazonaws.com", "PutLifecycleConfiguration"), None);
}

#[test]
fn every_service_with_a_layer_has_a_model() {
    for service in [
        "s3",
        "ec2",
        "rds",
        "iam",
        "signin",
        "rolesanywhere",
        "kms",
        "cloudtrail",
        "config",
        "guardduty",
        "securityhub",
        "route53resolver",
        "logs",
        "organizations",
        "lambda",
        "sqs",
        "sns",
        "secretsmanager",
    ] {
        assert!(service_model(&format!("{service}.amazonaws.com")).is_some(), "{service}");
    }
}

#[test]
fn only_the_customers_configuration_is_writable() {
    for responsibility in Responsibility::ALL {
        for kind in Kind::ALL {
            for disposition in Disposition::ALL {
                let classification = Classification {
                    responsibility: *responsibility,
                    kind: *kind,
                    service_model: None,
                    layer: None,
                    disposition: *disposition,
                    controls: Vec::new(),
                    frameworks: Vec::new(),
                    reasons: Vec::new(),
                };
                let acts = matches!(disposition, Disposition::Remediate | Disposition::Approve);
                let owned = *responsibility == Customer || *kind == Kind::SharedConfiguration;
                assert_eq!(classification.writable(), acts && owned, "{classification:?}");
            }
        }
    }
}

#[test]
fn names_are_kebab_case_and_serialize_as_they_read() {
    fn all<T: serde::Serialize + Copy>(members: &[T], name: fn(T) -> &'static str) {
        for member in members {
            let text = name(*member);
            assert_eq!(serde_json::to_value(member).unwrap(), text);
            assert!(text.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{text}");
        }
    }
    all(Responsibility::ALL, Responsibility::as_str);
    all(Kind::ALL, Kind::as_str);
    all(ServiceModel::ALL, ServiceModel::as_str);
    all(Layer::ALL, Layer::as_str);
    all(Disposition::ALL, Disposition::as_str);
    assert_eq!(serde_json::to_value(Layer::GuestOs).unwrap(), "guest-os");
    assert_eq!(Kind::SharedConfiguration.to_string(), "shared-configuration");
}
