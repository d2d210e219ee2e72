//! The `s3` function. It is deployed twice: as remediator and as operator.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    demarc_harness::run(demarc_s3::function).await
}
