package dev.kindling.storage.s3;

import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;

/**
 * The service that gives roles and knows who one is. The only class that names the SDK's {@code sts}, which may be
 * missing: ask {@link SdkLibraries#hasSts} first.
 */
final class SecurityTokens {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    private SecurityTokens() {}

    /** A role assumed with another identity. Asks for nothing yet; renews what it gets before it expires. */
    static AwsCredentialsProvider role(String roleArn, String externalId, Region region, AwsCredentialsProvider with) {
        AssumeRoleRequest.Builder request =
                AssumeRoleRequest.builder().roleArn(roleArn).roleSessionName("kindling");
        if (!externalId.isEmpty()) {
            request.externalId(externalId);
        }
        return new Role(client(region, with), request.build());
    }

    /** The name of who has these credentials, such as {@code arn:aws:iam::123456789012:user/me}. */
    static String identityOf(AwsCredentialsProvider credentials, Region region) {
        try (StsClient client = client(region, credentials)) {
            return client.getCallerIdentity().arn();
        }
    }

    private static StsClient client(Region region, AwsCredentialsProvider with) {
        return StsClient.builder()
                .region(region)
                .credentialsProvider(with)
                .httpClientBuilder(Apache5HttpClient.builder()
                        .connectionTimeout(ANSWER_WITHIN)
                        .socketTimeout(ANSWER_WITHIN))
                // Who needs the credentials tries again, within one budget.
                .overrideConfiguration(override -> override.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build();
    }

    /** Closes its client, too. */
    private static final class Role implements AwsCredentialsProvider, AutoCloseable {
        private final StsClient client;
        private final StsAssumeRoleCredentialsProvider provider;

        Role(StsClient client, AssumeRoleRequest request) {
            this.client = client;
            this.provider = StsAssumeRoleCredentialsProvider.builder()
                    .stsClient(client)
                    .refreshRequest(request)
                    .build();
        }

        @Override
        public AwsCredentials resolveCredentials() {
            return provider.resolveCredentials();
        }

        @Override
        public void close() {
            provider.close();
            client.close();
        }
    }
}
