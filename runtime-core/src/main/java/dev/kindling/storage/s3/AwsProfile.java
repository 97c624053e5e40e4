package dev.kindling.storage.s3;

import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;

/** The profile of the AWS files that applies where nothing else is said. */
final class AwsProfile {
    private AwsProfile() {}

    static String name() {
        return ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow();
    }

    static Optional<String> region(String profileName) {
        return ProfileFile.defaultProfileFile()
                .profile(orUsual(profileName))
                .flatMap(found -> found.property("region"));
    }

    private static String orUsual(String profileName) {
        return profileName.isEmpty() ? name() : profileName;
    }

    /** Whether {@code aws configure sso} made it: its credentials are from a portal at which somebody signs on. */
    static boolean isOfPortal(String profileName) {
        return ProfileFile.defaultProfileFile()
                .profile(orUsual(profileName))
                .filter(found -> found.property("sso_session").isPresent()
                        || found.property("sso_start_url").isPresent())
                .isPresent();
    }

    /** The endpoint that a profile names for S3, or for all services. */
    static Optional<String> endpoint(String profileName) {
        ProfileFile file = ProfileFile.defaultProfileFile();
        Optional<Profile> profile = file.profile(orUsual(profileName));
        Function<Profile, Optional<String>> ofServices = found -> found.property("services")
                .flatMap(services -> file.getSection("services", services))
                .flatMap(services -> services.property("s3.endpoint_url"));
        return profile.flatMap(ofServices).or(() -> profile.flatMap(found -> found.property("endpoint_url")));
    }
}
