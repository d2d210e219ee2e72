//! The `iam` function. It is deployed twice: as remediator and as operator.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    demarc_harness::run(demarc_iam::function).await
}
