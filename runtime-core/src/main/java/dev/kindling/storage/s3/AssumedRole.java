package dev.kindling.storage.s3;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;

/** A role assumed with another identity; the only class, besides the doctor's, that needs the SDK's {@code sts}. */
final class AssumedRole {
    private AssumedRole() {}

    /** Asks for nothing yet; renews what it gets before it expires. */
    static AwsCredentialsProvider of(String roleArn, String externalId, Region region, AwsCredentialsProvider with) {
        if (!SdkLibraries.hasSts()) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "kindling.s3.roleArn is set, which needs software.amazon.awssdk:sts on the class path");
        }
        return Sts.provider(roleArn, externalId, region, with);
    }

    private static final class Sts {
        static AwsCredentialsProvider provider(
                String roleArn, String externalId, Region region, AwsCredentialsProvider with) {
            AssumeRoleRequest.Builder request =
                    AssumeRoleRequest.builder().roleArn(roleArn).roleSessionName("kindling");
            if (!externalId.isEmpty()) {
                request.externalId(externalId);
            }
            StsClient client = StsClient.builder()
                    .region(region)
                    .credentialsProvider(with)
                    .httpClientBuilder(Apache5HttpClient.builder())
                    .build();
            return StsAssumeRoleCredentialsProvider.builder()
                    .stsClient(client)
                    .refreshRequest(request.build())
                    .build();
        }
    }
}
