package dev.kindling.storage.s3;

import dev.kindling.config.Config;
import dev.kindling.config.S3Keys;
import dev.kindling.config.StorageKeys;

/** An application's settings for S3: {@code kindling.s3.*}, and how much is read ahead. */
record S3Settings(
        String endpoint,
        String region,
        String pathStyle,
        String profile,
        String roleArn,
        String roleExternalId,
        boolean isAnonymous,
        boolean isRequesterPays,
        int tries,
        long retryForMs,
        long timeoutMs,
        int connections,
        int partBytes,
        int readAheadStreams) {
    static S3Settings of(Config config) {
        return new S3Settings(
                config.get(S3Keys.ENDPOINT),
                config.get(S3Keys.REGION),
                config.get(S3Keys.PATH_STYLE),
                config.get(S3Keys.PROFILE),
                config.get(S3Keys.ROLE_ARN),
                config.get(S3Keys.ROLE_EXTERNAL_ID),
                config.get(S3Keys.ANONYMOUS),
                config.get(S3Keys.REQUESTER_PAYS),
                config.get(S3Keys.TRIES),
                config.get(S3Keys.RETRY_FOR_MS),
                config.get(S3Keys.TIMEOUT_MS),
                config.get(S3Keys.CONNECTIONS),
                Math.toIntExact(config.get(S3Keys.PART_BYTES)),
                config.get(StorageKeys.READ_AHEAD_STREAMS));
    }
}
