package dev.kindling.storage.s3;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.util.LogLevels;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * The SDK's client as the settings and the standard AWS variables want it. Building one takes most of a second in a new
 * JVM, so an application has one.
 *
 * @param endpoint empty for AWS itself
 */
record S3Connection(S3Client client, Credentials credentials, Region region, Optional<URI> endpoint)
        implements AutoCloseable {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

    static S3Connection open(S3Settings settings) {
        LogLevels.quietIndiscreet();
        Optional<URI> endpoint = endpointOf(settings);
        Region region = regionOf(settings, endpoint.isPresent());
        Credentials credentials = Credentials.of(settings, region);
        Duration silence = Duration.ofMillis(settings.timeoutMs());
        S3ClientBuilder builder = S3Client.builder()
                .region(region)
                .credentialsProvider(credentials)
                .forcePathStyle(
                        settings.pathStyle().equals("auto")
                                ? endpoint.isPresent()
                                : Boolean.parseBoolean(settings.pathStyle()))
                // A bucket of another region is found by following what S3 answers.
                .crossRegionAccessEnabled(endpoint.isEmpty())
                .httpClientBuilder(Apache5HttpClient.builder()
                        .maxConnections(settings.connections())
                        .connectionTimeout(CONNECT_WITHIN)
                        .connectionAcquisitionTimeout(silence)
                        .socketTimeout(silence)
                        .tcpKeepAlive(true))
                .overrideConfiguration(override -> {
                    // S3Calls tries again, within one budget; tries of both would multiply.
                    override.retryStrategy(DefaultRetryStrategy.doNotRetry());
                    if (settings.isRequesterPays()) {
                        override.putHeader("x-amz-request-payer", "requester");
                    }
                });
        if (endpoint.isPresent()) {
            // Other servers often know no trailing checksums.
            builder.endpointOverride(endpoint.get())
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        }
        return new S3Connection(builder.build(), credentials, region, endpoint);
    }

    private static Optional<URI> endpointOf(S3Settings settings) {
        Optional<String> named = Stream.of(
                        settings.endpoint(),
                        System.getProperty("aws.endpointUrlS3", ""),
                        environment("AWS_ENDPOINT_URL_S3"),
                        System.getProperty("aws.endpointUrl", ""),
                        environment("AWS_ENDPOINT_URL"))
                .filter(text -> !text.isBlank())
                .findFirst()
                .or(() -> AwsProfile.endpoint(settings.profile()));
        return named.map(S3Connection::parseEndpoint);
    }

    /** Whether the AWS SDK is told of a token service of its own, or of one server for all services. */
    static boolean isTokenServiceNamed() {
        return Stream.of(
                        System.getProperty("aws.endpointUrlSts", ""),
                        environment("AWS_ENDPOINT_URL_STS"),
                        System.getProperty("aws.endpointUrl", ""),
                        environment("AWS_ENDPOINT_URL"))
                .anyMatch(text -> !text.isBlank());
    }

    private static String environment(String name) {
        return System.getenv().getOrDefault(name, "");
    }

    private static URI parseEndpoint(String text) {
        URI uri;
        try {
            uri = URI.create(text.strip());
        } catch (IllegalArgumentException e) {
            throw badEndpoint(text);
        }
        boolean isWeb = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!isWeb || uri.getHost() == null || uri.getUserInfo() != null) {
            throw badEndpoint(text);
        }
        return uri;
    }

    private static KindlingException badEndpoint(String text) {
        // What stands before an @ may be a password.
        return new KindlingException(
                ErrorCode.BAD_CONFIGURATION,
                "the S3 endpoint '" + text.replaceFirst("//[^/]*@", "//***@")
                        + "' is not a URL; write http://host:port or https://host");
    }

    private static Region regionOf(S3Settings settings, boolean hasEndpoint) {
        if (!settings.region().isEmpty()) {
            return Region.of(settings.region());
        }
        if (hasEndpoint && environment("AWS_REGION").isEmpty() && System.getProperty("aws.region") == null) {
            // Other servers take any region; looking for the instance's would cost seconds.
            return AwsProfile.region(settings.profile()).map(Region::of).orElse(Region.US_EAST_1);
        }
        try {
            return DefaultAwsRegionProviderChain.builder()
                    .profileName(settings.profile().isEmpty() ? AwsProfile.name() : settings.profile())
                    .build()
                    .getRegion();
        } catch (SdkException e) {
            throw new KindlingException(
                    ErrorCode.NO_REGION,
                    "no region is known for S3: set AWS_REGION or kindling.s3.region to the bucket's, such as"
                            + " eu-central-1, or name one in the profile; looked in the system property aws.region,"
                            + " AWS_REGION, the profile '" + AwsProfile.name() + "' and the instance's metadata",
                    e);
        }
    }

    @Override
    public void close() {
        client.close();
        credentials.close();
    }
}
