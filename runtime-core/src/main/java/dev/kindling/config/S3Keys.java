package dev.kindling.config;

import java.util.List;

/** How s3:// and s3a:// paths are reached. Secrets are no settings: they come from where AWS's own tools have them. */
public final class S3Keys {
    public static final ConfigKey<String> ENDPOINT = ConfigKey.string("kindling.s3.endpoint")
            .defaultsTo("")
            .doc("URL of another S3 server than AWS's, such as http://127.0.0.1:9000. Empty for AWS_ENDPOINT_URL_S3,"
                    + " AWS_ENDPOINT_URL or the profile's endpoint_url, and AWS when these are not set.");

    public static final ConfigKey<String> REGION = ConfigKey.string("kindling.s3.region")
            .defaultsTo("")
            .doc("Region, such as eu-central-1. Empty for AWS_REGION, the profile's region or the instance's, and"
                    + " us-east-1 for an endpoint that is not AWS's.");

    public static final ConfigKey<String> PATH_STYLE = ConfigKey.oneOf("kindling.s3.pathStyle", "auto", "true", "false")
            .defaultsTo("auto")
            .doc("Whether the bucket is part of the path of a request and not of its host name; auto: it is with an"
                    + " endpoint that is not AWS's.");

    public static final ConfigKey<String> PROFILE = ConfigKey.string("kindling.s3.profile")
            .defaultsTo("")
            .doc("Profile of ~/.aws/config and ~/.aws/credentials whose identity is used and no other; empty for the"
                    + " usual search. The files must be there on every executor's machine.");

    public static final ConfigKey<String> ROLE_ARN = ConfigKey.string("kindling.s3.roleArn")
            .defaultsTo("")
            .doc("Role that is assumed with the identity found, such as arn:aws:iam::123456789012:role/reader.");

    public static final ConfigKey<String> ROLE_EXTERNAL_ID = ConfigKey.string("kindling.s3.roleExternalId")
            .defaultsTo("")
            .doc("External id that the role's owner asks for.");

    public static final ConfigKey<Boolean> ANONYMOUS = ConfigKey.booleans("kindling.s3.anonymous")
            .defaultsTo(false)
            .doc("Whether requests are not signed at all, for public buckets.");

    public static final ConfigKey<Boolean> REQUESTER_PAYS = ConfigKey.booleans("kindling.s3.requesterPays")
            .defaultsTo(false)
            .doc("Whether this account pays for requests to buckets whose owner wants that.");

    public static final ConfigKey<Integer> TRIES = ConfigKey.ints("kindling.s3.tries")
            .defaultsTo(8)
            .between(1, 100)
            .doc(
                    "How often a request is sent when the server is busy or the connection breaks, each time after a longer"
                            + " pause. Nothing below repeats requests as well.");

    public static final ConfigKey<Long> RETRY_FOR_MS = ConfigKey.millis("kindling.s3.retryForMs")
            .defaultsTo(60_000L)
            .between(0L, 3_600_000L)
            .doc("After so long a failed request is not sent again, whatever kindling.s3.tries says.");

    public static final ConfigKey<Long> TIMEOUT_MS = ConfigKey.millis("kindling.s3.timeoutMs")
            .defaultsTo(30_000L)
            .between(100L, 600_000L)
            .doc("How long a server may be silent before its connection counts as broken.");

    public static final ConfigKey<Integer> CONNECTIONS = ConfigKey.ints("kindling.s3.connections")
            .defaultsTo(128)
            .between(4, 10_000)
            .doc("Connections that one process keeps at most; two for each task it runs, and a few for listings.");

    public static final ConfigKey<Long> PART_BYTES = ConfigKey.bytes("kindling.s3.partBytes")
            .defaultsTo(8L << 20)
            .between(5L << 20, 256L << 20)
            .doc("Size of the pieces in which output is uploaded. Each task holds two; an object has 10,000 at most.");

    static final List<ConfigKey<?>> ALL = List.of(
            ENDPOINT,
            REGION,
            PATH_STYLE,
            PROFILE,
            ROLE_ARN,
            ROLE_EXTERNAL_ID,
            ANONYMOUS,
            REQUESTER_PAYS,
            TRIES,
            RETRY_FOR_MS,
            TIMEOUT_MS,
            CONNECTIONS,
            PART_BYTES);

    private S3Keys() {}
}
