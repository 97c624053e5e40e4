package dev.kindling.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IdentityPropertiesTest {
    @Test
    void variablesThatMeanTheSameElsewhereBecomePropertiesAndPlacesOfThisMachineDoNot() {
        Map<String, String> properties = IdentityProperties.ofVariables(Map.of(
                "AWS_ACCESS_KEY_ID", "key",
                "AWS_SECRET_ACCESS_KEY", "secret",
                "AWS_SESSION_TOKEN", " ",
                "AWS_REGION", "eu-central-1",
                "AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/token",
                "HOME", "/root"));

        assertEquals(
                Map.of("aws.accessKeyId", "key", "aws.secretAccessKey", "secret", "aws.region", "eu-central-1"),
                properties);
    }

    @Test
    void aKeyOfThePropertiesHasNoSessionOfTheVariables() {
        assertEquals(
                Map.of("aws.accessKeyId", "mine", "aws.secretAccessKey", "mine too", "aws.region", "eu-central-1"),
                IdentityProperties.merged(
                        new TreeMap<>(Map.of(
                                "aws.accessKeyId", "theirs",
                                "aws.secretAccessKey", "theirs too",
                                "aws.sessionToken", "and theirs",
                                "aws.region", "eu-central-1")),
                        new TreeMap<>(Map.of("aws.accessKeyId", "mine", "aws.secretAccessKey", "mine too"))));
    }
}
