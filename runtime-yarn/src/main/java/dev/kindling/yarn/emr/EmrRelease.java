package dev.kindling.yarn.emr;

import dev.kindling.driver.cli.UsageError;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A release of EMR, such as {@code emr-7.13.0}, by what differs among them for us. */
record EmrRelease(String label, int major) {
    static final String DEFAULT = "emr-7.13.0";

    private static final Pattern LABEL = Pattern.compile("emr-([5-9])\\.\\d+\\.\\d+");

    static EmrRelease parse(String label) {
        Matcher matcher = LABEL.matcher(label);
        if (!matcher.matches()) {
            throw new UsageError("--release is " + label + "; give a label such as " + DEFAULT + " or emr-6.15.0");
        }
        return new EmrRelease(label, Integer.parseInt(matcher.group(1)));
    }

    /** Whether its nodes have Java 17 where programs look first. */
    boolean hasJava17() {
        return major >= 7;
    }

    /** Whether core nodes are labelled unless somebody asks for it. */
    boolean labelsCoreNodes() {
        return major == 5;
    }
}
