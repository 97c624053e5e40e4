package dev.kindling.storage.hdfs;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.sasl.SaslException;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.hdfs.BlockMissingException;
import org.apache.hadoop.hdfs.protocol.DSQuotaExceededException;
import org.apache.hadoop.hdfs.protocol.NSQuotaExceededException;
import org.apache.hadoop.hdfs.protocol.QuotaExceededException;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.security.AccessControlException;

/** What Hadoop's client throws, as one sentence that says what to do. */
final class HdfsErrors {
    private static final Pattern DENIED =
            Pattern.compile("user=([^,]+), access=([^,]+), inode=\"([^\"]*)\":([^:]+):([^:]+):(\\S+)");

    private HdfsErrors() {}

    /** The same failure with a message for the user, and what Hadoop threw as its cause. */
    static IOException of(String path, Exception thrown) {
        if (thrown instanceof InterruptedIOException interrupted && !(thrown instanceof SocketTimeoutException)) {
            return interrupted;
        }
        Throwable cause = rootOf(thrown);
        String sentence = sentenceOf(path, cause);
        return cause instanceof FileNotFoundException
                ? withCause(new FileNotFoundException(sentence), thrown)
                : new IOException(sentence, thrown);
    }

    /**
     * The same for what is read.
     *
     * @throws KindlingException where the user may not read it
     */
    static IOException ofInput(String path, IOException thrown) {
        IOException failure = of(path, thrown);
        if (isRefusal(rootOf(thrown))) {
            throw new KindlingException(
                    ErrorCode.ACCESS_DENIED, "cannot read " + path + ": " + failure.getMessage(), thrown);
        }
        return failure;
    }

    private static IOException withCause(IOException e, Exception cause) {
        e.initCause(cause);
        return e;
    }

    /** What is behind wrappers that add nothing. */
    private static Throwable rootOf(Exception thrown) {
        Throwable cause = thrown;
        if (thrown instanceof IllegalArgumentException && thrown.getCause() instanceof UnknownHostException unknown) {
            cause = unknown;
        }
        for (Throwable behind = thrown; behind != null; behind = behind.getCause()) {
            if (isRefusal(behind)) {
                return behind;
            }
        }
        return cause instanceof RemoteException remote ? remote.unwrapRemoteException() : cause;
    }

    /** Of the user, or of a user who could not be told. */
    private static boolean isRefusal(Throwable cause) {
        return cause instanceof AccessControlException || cause instanceof SaslException;
    }

    private static String sentenceOf(String path, Throwable cause) {
        String first = firstLineOf(cause);
        if (cause instanceof UnknownHostException) {
            return "the NameNode's host is not known (" + first + "): check the name in " + path
                    + ", or set HADOOP_CONF_DIR to the directory of hdfs-site.xml if it stands for several NameNodes";
        }
        if (isUnreachable(cause)) {
            return "the NameNode does not answer (" + first + "): check that it runs, host and port of " + path
                    + ", and the network between";
        }
        if (isOf(cause, "StandbyException")) {
            return "the NameNode is a standby (" + first + "): name the active one, or its nameservice with"
                    + " HADOOP_CONF_DIR set";
        }
        if (isOf(cause, "SafeModeException")) {
            return "the NameNode is in safe mode, in which nothing can be written: wait until it has left it, or have"
                    + " the administrator run hdfs dfsadmin -safemode leave";
        }
        if (cause instanceof QuotaExceededException quota) {
            return quotaExceeded(quota);
        }
        if (isOf(cause, "InvalidToken")) {
            return "the NameNode does not accept this application's delegation token any more (" + first
                    + "): tokens last dfs.namenode.delegation.token.max-lifetime, seven days by default, so submit the"
                    + " application again";
        }
        if (isRefusal(cause)) {
            return denied(first);
        }
        if (cause instanceof BlockMissingException) {
            return "no DataNode that answers has all of its bytes (" + first + "): see hdfs fsck "
                    + HdfsPaths.nameOf(path);
        }
        if (cause instanceof ChecksumException) {
            return "every copy of a part of it is corrupt (" + first + "): see hdfs fsck " + HdfsPaths.nameOf(path);
        }
        return first;
    }

    private static boolean isUnreachable(Throwable cause) {
        return cause instanceof ConnectException
                || cause instanceof NoRouteToHostException
                || cause instanceof SocketTimeoutException
                || cause instanceof IOException && cause.getCause() instanceof ConnectException;
    }

    /** By name: some are classes of the server, which the client need not have. */
    private static boolean isOf(Throwable cause, String simpleName) {
        return cause.getClass().getSimpleName().equals(simpleName)
                || cause instanceof RemoteException remote
                        && remote.getClassName().endsWith("." + simpleName);
    }

    private static String quotaExceeded(QuotaExceededException quota) {
        String kind = quota instanceof NSQuotaExceededException
                ? "number of names"
                : quota instanceof DSQuotaExceededException ? "space, all copies counted" : "storage of its type";
        return "a quota of a directory is used up, for the " + kind + " (" + firstLineOf(quota)
                + "): delete something there, or have the quota raised";
    }

    private static String denied(String message) {
        Matcher denied = DENIED.matcher(message);
        if (denied.find()) {
            return "user " + denied.group(1) + " may not " + denied.group(2) + " " + denied.group(3)
                    + ", which belongs to " + denied.group(4) + ":" + denied.group(5) + " with mode " + denied.group(6)
                    + ": have the mode changed, or run as another user (HADOOP_USER_NAME, or kinit where Kerberos is used)";
        }
        return "the NameNode refuses this user (" + message + "): where it uses Kerberos, run kinit, and set"
                + " HADOOP_CONF_DIR to the directory of core-site.xml";
    }

    /** Hadoop puts the server's stack below it. */
    private static String firstLineOf(Throwable cause) {
        String message = cause.getMessage();
        if (message == null || message.isBlank()) {
            return cause.getClass().getSimpleName();
        }
        int end = message.indexOf('\n');
        return (end < 0 ? message : message.substring(0, end)).strip();
    }
}
