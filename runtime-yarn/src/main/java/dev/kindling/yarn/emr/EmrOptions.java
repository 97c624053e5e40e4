package dev.kindling.yarn.emr;

import dev.kindling.driver.cli.UsageError;
import picocli.CommandLine.Option;

/** What every command of {@code kindling emr} is told: where things lie, and what they are called. */
final class EmrOptions {
    @Option(names = "--region", required = true, paramLabel = "R", description = "Region, such as eu-central-1.")
    private String region;

    @Option(
            names = "--work",
            required = true,
            paramLabel = "S3PATH",
            description = "Directory of your own for the runtime, programs and logs, such as s3://bucket/kindling.")
    private String work;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "kindling",
            description = "What the cluster, its roles and its steps are called. Default: kindling")
    private String name;

    void check() {
        if (!region.matches("[a-z]{2}(-[a-z]+)+-\\d")) {
            throw new UsageError("--region is " + region + "; give one such as eu-central-1");
        }
        if (!name.matches("[A-Za-z0-9][\\w-]{0,50}")) {
            throw new UsageError("--name is " + name + "; use letters, digits, - and _, 51 characters at most");
        }
        work();
    }

    String region() {
        return region;
    }

    EmrPlace work() {
        return EmrPlace.parse("--work", work);
    }

    String name() {
        return name;
    }

    String serviceRole() {
        return name + "-emr";
    }

    /** Of the nodes, and of the profile by which they get it: EMR wants them to be called the same. */
    String nodeRole() {
        return name + "-nodes";
    }

    static String clusterId(String id) {
        if (!id.matches("j-[A-Z0-9]+")) {
            throw new UsageError("--cluster-id is " + id + "; give the one that create-cluster printed, j-...");
        }
        return id;
    }
}
