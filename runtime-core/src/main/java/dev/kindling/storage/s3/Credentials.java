package dev.kindling.storage.s3;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;

/**
 * Whose requests ours are: the first of the places of the AWS SDK's own search that knows an identity, and the role
 * assumed with it. The place is remembered, so that errors can name it. Safe for many threads.
 */
final class Credentials implements AwsCredentialsProvider, AutoCloseable {
    private static final int SHOWN_OF_KEY = 4;

    private final Map<String, AwsCredentialsProvider> places = new LinkedHashMap<>();
    private final String role;
    private final Region region;
    /** Empty for none in particular. */
    private final String profile;

    private volatile String foundIn = "";
    private volatile AwsCredentialsProvider found;
    private volatile AwsCredentialsProvider assumed;
    private volatile String keyTail = "";

    private Credentials(String role, Region region, String profile) {
        this.role = role;
        this.region = region;
        this.profile = profile;
    }

    /** Looks for nothing yet. */
    static Credentials of(S3Settings settings, Region region) {
        Credentials credentials = new Credentials(settings.roleArn(), region, settings.profile());
        if (settings.isAnonymous()) {
            credentials.places.put("anonymous", AnonymousCredentialsProvider.create());
            return credentials;
        }
        if (!settings.profile().isEmpty()) {
            credentials.places.put(
                    "profile '" + settings.profile() + "'", ProfileCredentialsProvider.create(settings.profile()));
        } else {
            credentials.addUsualPlaces();
        }
        if (!settings.roleArn().isEmpty()) {
            SdkLibraries.requireSts("kindling.s3.roleArn is set");
            credentials.assumed = SecurityTokens.role(
                    settings.roleArn(), settings.roleExternalId(), region, credentials::ownCredentials);
        }
        return credentials;
    }

    private void addUsualPlaces() {
        places.put(
                "system properties aws.accessKeyId and aws.secretAccessKey",
                SystemPropertyCredentialsProvider.create());
        places.put(
                "environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                EnvironmentVariableCredentialsProvider.create());
        places.put(
                "web identity token (AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN)",
                WebIdentityTokenFileCredentialsProvider.create());
        places.put("profile " + profileName() + " of the AWS files", ProfileCredentialsProvider.create());
        places.put("container", ContainerCredentialsProvider.create());
        places.put("instance profile", InstanceProfileCredentialsProvider.create());
    }

    private static String profileName() {
        return "'" + AwsProfile.name() + "'";
    }

    @Override
    public AwsCredentials resolveCredentials() {
        AwsCredentials credentials = assumed == null ? ownCredentials() : ofRole();
        keyTail = tailOf(credentials.accessKeyId());
        return credentials;
    }

    private AwsCredentials ofRole() {
        try {
            return assumed.resolveCredentials();
        } catch (SdkException e) {
            throw new Unavailable("the role " + role + " cannot be assumed", "credentials: " + foundIn, e);
        }
    }

    /** Of the place that had them the last time, once one had. */
    private AwsCredentials ownCredentials() {
        AwsCredentialsProvider known = found;
        if (known == null) {
            return search();
        }
        try {
            return known.resolveCredentials();
        } catch (SdkException e) {
            throw new Unavailable("credentials cannot be renewed", "credentials: " + foundIn, e);
        }
    }

    private synchronized AwsCredentials search() {
        List<String> tried = new ArrayList<>();
        for (Map.Entry<String, AwsCredentialsProvider> place : places.entrySet()) {
            try {
                AwsCredentials credentials = place.getValue().resolveCredentials();
                foundIn = place.getKey();
                found = place.getValue();
                return credentials;
            } catch (SdkException | IllegalStateException e) {
                tried.add(place.getKey() + ": " + firstLine(e.getMessage()) + SdkLibraries.missingFor(e.getMessage()));
            }
        }
        throw new NoCredentials(tried, advice());
    }

    private String advice() {
        String name = profile.isEmpty() ? AwsProfile.name() : profile;
        return AwsProfile.isOfPortal(name) && SdkLibraries.hasSso()
                ? "run aws sso login --profile " + name
                : "run aws configure, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
    }

    private static String firstLine(String message) {
        return message == null ? "no reason given" : message.lines().findFirst().orElse("");
    }

    /** No place had an identity. */
    static final class NoCredentials extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient List<String> tried;
        private final String advice;

        NoCredentials(List<String> tried, String advice) {
            super(String.join("\n", tried));
            this.tried = tried;
            this.advice = advice;
        }

        /** What to do to have some. */
        String advice() {
            return advice;
        }

        /** One line for each place: its name, and why not. */
        List<String> tried() {
            return tried;
        }
    }

    /** A place that has an identity does not give it out now. */
    static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String who;

        Unavailable(String what, String who, SdkException cause) {
            super(what, cause);
            this.who = who;
        }

        /** The identity that asked, for people. */
        String who() {
            return who;
        }

        SdkException cause() {
            return (SdkException) getCause();
        }
    }

    /** The name AWS has for this identity. */
    String callerIdentity() {
        return SecurityTokens.identityOf(this, region);
    }

    /** For people: where the identity is from, and the end of its key's name, never the secret. */
    String describe() {
        if (foundIn.isEmpty()) {
            return "no credentials";
        }
        return "credentials: " + foundIn + (role.isEmpty() ? "" : ", role " + role)
                + (keyTail.isEmpty() ? "" : ", access key " + keyTail);
    }

    private static String tailOf(String accessKeyId) {
        if (accessKeyId == null) {
            return "";
        }
        return "..." + accessKeyId.substring(Math.max(0, accessKeyId.length() - SHOWN_OF_KEY));
    }

    /** Ends the threads and connections of the places that have some. */
    @Override
    public void close() {
        places.values().forEach(Credentials::closeOne);
        if (assumed != null) {
            closeOne(assumed);
        }
    }

    private static void closeOne(AwsCredentialsProvider provider) {
        if (provider instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                // Nothing depends on what it held.
            }
        }
    }
}
