package dev.kindling.driver.cli;

import dev.kindling.storage.s3.AwsPolicy;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kindling aws}: what to set up at AWS. Sends no request. */
@Command(
        name = "aws",
        description = "Prints what is to be set up at AWS.",
        mixinStandardHelpOptions = true,
        subcommands = AwsCommand.Policy.class)
final class AwsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "no command given; use policy");
    }

    /** {@code kindling aws policy}: the rights that a job needs, and no more. */
    @Command(
            name = "policy",
            description = "Prints the policies that give a job the rights it needs on a bucket, and no more.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Policy implements Callable<Integer> {
        @Option(names = "--bucket", required = true, paramLabel = "B", description = "The bucket.")
        private String bucket;

        @Option(names = "--prefix", paramLabel = "P", defaultValue = "", description = "Only what is below it.")
        private String prefix;

        @ArgGroup(multiplicity = "1")
        private Rights rights;

        @Option(
                names = "--principal",
                paramLabel = "ARN",
                defaultValue = "",
                description = "User or role of another account: also prints the bucket's policy for it.")
        private String principal;

        /** One of the two. */
        static final class Rights {
            @Option(names = "--read-only", required = true, description = "For jobs that read there.")
            private boolean isReadOnly;

            @Option(names = "--read-write", required = true, description = "For jobs that also save there.")
            private boolean isReadWrite;
        }

        @Override
        public Integer call() {
            if (bucket.contains("/") || bucket.contains("*")) {
                throw new UsageError("--bucket is " + bucket + "; give the bucket's name alone, without s3://");
            }
            if (!principal.isEmpty() && !principal.startsWith("arn:")) {
                throw new UsageError(
                        "--principal is " + principal + "; give an ARN such as arn:aws:iam::123456789012:role/reader");
            }
            String below = prefix.replaceAll("^/+|/+$", "");
            System.err.println("policy of the user or role (aws iam put-role-policy, put-user-policy):");
            System.out.println(AwsPolicy.write(bucket, below, rights.isReadWrite, ""));
            if (!principal.isEmpty()) {
                System.err.println("policy of the bucket (aws s3api put-bucket-policy), needed for another account:");
                System.out.println(AwsPolicy.write(bucket, below, rights.isReadWrite, principal));
            }
            return Main.DONE;
        }
    }
}
