package dev.kindling.storage.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AwsPolicyTest {
    @Test
    void whoReadsMayNotWriteAndSeesOnlyThePrefix() {
        assertEquals(
                "{\"Version\":\"2012-10-17\",\"Statement\":["
                        + "{\"Sid\":\"KindlingLists\",\"Effect\":\"Allow\",\"Action\":[\"s3:ListBucket\"],"
                        + "\"Resource\":[\"arn:aws:s3:::b\"],"
                        + "\"Condition\":{\"StringLike\":{\"s3:prefix\":[\"in\",\"in/*\"]}}},"
                        + "{\"Sid\":\"KindlingReads\",\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\"],"
                        + "\"Resource\":[\"arn:aws:s3:::b/in\",\"arn:aws:s3:::b/in/*\"]}]}",
                AwsPolicy.write("b", "in", false, ""));
    }

    @Test
    void whoWritesMayDoWhatEachOperationOfOursTakesAndNothingElse() {
        String policy = AwsPolicy.write("b", "", true, "arn:aws:iam::1:role/x");

        for (Operation operation : Operation.values()) {
            assertTrue(policy.contains("\"" + operation.permission + "\""), operation.permission);
        }
        assertEquals(Operation.values().length, policy.split("\"s3:").length - 1);
        assertEquals(3, policy.split("\"Principal\":\\{\"AWS\":\"arn:aws:iam::1:role/x\"}").length - 1);
        assertFalse(policy.contains("Condition"));
    }
}
