package dev.kindling.storage.s3;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The AWS SDK, which an embedding program may have left out. */
final class SdkLibraries {
    private static final List<String> ONE_CLASS_OF_EACH = List.of(
            "software.amazon.awssdk.services.s3.S3Client", "software.amazon.awssdk.http.apache5.Apache5HttpClient");

    private static final List<String> OF_IDENTITIES = List.of("sts", "sso", "ssooidc");

    /** That which is tested with. */
    private static final String VERSION = "2.56.0";

    private SdkLibraries() {}

    /** Fails in a sentence when a library is missing. */
    static void require(String path) {
        for (String className : ONE_CLASS_OF_EACH) {
            if (!has(className)) {
                throw new KindlingException(
                        ErrorCode.BAD_CONFIGURATION,
                        "cannot use " + path + ": the AWS SDK is not on the class path; add"
                                + " software.amazon.awssdk:s3 and software.amazon.awssdk:apache5-client, and"
                                + " software.amazon.awssdk:sts for roles, version " + VERSION);
            }
        }
    }

    /** @param why the beginning of the sentence */
    static void requireSts(String why) {
        if (!hasSts()) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    why + ", which needs software.amazon.awssdk:sts on the class path; add it, version " + VERSION);
        }
    }

    /** What to add for a profile whose kind of identity is in a module that is not there; empty when none is missing. */
    static String missingFor(String message) {
        if (message == null || !message.contains("must be on the class path")) {
            return "";
        }
        String modules = OF_IDENTITIES.stream()
                .filter(module -> message.contains("'" + module + "'"))
                .flatMap(module -> module.equals("sts") ? Stream.of(module) : Stream.of("sso", "ssooidc"))
                .distinct()
                .map(module -> "software.amazon.awssdk:" + module)
                .collect(Collectors.joining(" and "));
        return modules.isEmpty() ? "" : " (add " + modules + ", version " + VERSION + ")";
    }

    /** Whether roles can be assumed and the own identity asked for. */
    static boolean hasSts() {
        return has("software.amazon.awssdk.services.sts.StsClient");
    }

    /** Whether profiles of a portal can be used. */
    static boolean hasSso() {
        return has("software.amazon.awssdk.services.sso.SsoClient")
                && has("software.amazon.awssdk.services.ssooidc.SsoOidcClient");
    }

    private static boolean has(String className) {
        try {
            Class.forName(className, false, SdkLibraries.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
