package dev.kindling.storage.s3;

import dev.kindling.util.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rights that jobs need on a bucket, or on what lies below a prefix of it, and no more. Names no class of the SDK. */
public final class AwsPolicy {
    private static final List<String> READ = List.of("s3:GetObject");
    private static final List<String> WRITE = List.of(
            "s3:GetObject",
            "s3:PutObject",
            "s3:DeleteObject",
            "s3:AbortMultipartUpload",
            "s3:ListMultipartUploadParts");

    private AwsPolicy() {}

    /**
     * The policy as JSON.
     *
     * @param prefix without slashes at its ends; empty for the whole bucket
     * @param principal ARN of who gets the rights, for the policy of a bucket; empty for that of a user or role
     */
    public static String write(String bucket, String prefix, boolean mayWrite, String principal) {
        String bucketArn = "arn:aws:s3:::" + bucket;
        List<String> objects = prefix.isEmpty()
                ? List.of(bucketArn + "/*")
                : List.of(bucketArn + "/" + prefix, bucketArn + "/" + prefix + "/*");
        List<Object> statements = new ArrayList<>();
        Map<String, Object> list = statement("KindlingLists", principal, List.of("s3:ListBucket"), List.of(bucketArn));
        if (!prefix.isEmpty()) {
            list.put("Condition", Map.of("StringLike", Map.of("s3:prefix", List.of(prefix, prefix + "/*"))));
        }
        statements.add(list);
        statements.add(statement(
                mayWrite ? "KindlingReadsAndWrites" : "KindlingReads", principal, mayWrite ? WRITE : READ, objects));
        if (mayWrite) {
            // S3 knows no such right on a prefix; it shows names of unfinished uploads only.
            statements.add(statement(
                    "KindlingFindsUnfinishedUploads",
                    principal,
                    List.of("s3:ListBucketMultipartUploads"),
                    List.of(bucketArn)));
        }
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("Version", "2012-10-17");
        policy.put("Statement", statements);
        return Json.write(policy);
    }

    private static Map<String, Object> statement(
            String id, String principal, List<String> actions, List<String> resources) {
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("Sid", id);
        statement.put("Effect", "Allow");
        if (!principal.isEmpty()) {
            statement.put("Principal", Map.of("AWS", principal));
        }
        statement.put("Action", actions);
        statement.put("Resource", resources);
        return statement;
    }
}
