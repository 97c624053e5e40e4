package dev.kindling.storage.s3;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.List;

/** The AWS SDK, which an embedding program may have left out. */
final class SdkLibraries {
    private static final List<String> ONE_CLASS_OF_EACH = List.of(
            "software.amazon.awssdk.services.s3.S3Client", "software.amazon.awssdk.http.apache5.Apache5HttpClient");

    private SdkLibraries() {}

    /** Fails in a sentence when a library is missing. */
    static void require(String path) {
        for (String className : ONE_CLASS_OF_EACH) {
            if (!has(className)) {
                throw new KindlingException(
                        ErrorCode.BAD_CONFIGURATION,
                        "cannot use " + path + ": the AWS SDK is not on the class path; add"
                                + " software.amazon.awssdk:s3 and software.amazon.awssdk:apache5-client, and"
                                + " software.amazon.awssdk:sts for roles, version 2.56.0");
            }
        }
    }

    /** Whether roles can be assumed and the own identity asked for. */
    static boolean hasSts() {
        return has("software.amazon.awssdk.services.sts.StsClient");
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
