package dev.kindling.driver.ui;

import java.net.InetAddress;

/**
 * The cluster's proxy, by which people on other machines see a run: it asks them who they are, and passes their requests
 * on with their names. Called by many threads, which may be made to wait.
 */
public interface PageProxy {
    /** The address of this machine on which requests of the proxy arrive. */
    String bindHost();

    /** By which the proxy knows this machine. */
    String host();

    /** Whether requests from this address are the proxy's. */
    boolean isProxy(InetAddress address);

    /** Whether this user may look; empty for one whom the proxy does not name. */
    boolean mayLook(String user);

    /**
     * Whether who started the program sits at this machine and reads what it prints. Else others read that, and nobody can
     * use the address that is for this machine alone.
     */
    boolean isStartedHere();

    /** What those can do who may not, as the end of a sentence. */
    String advice();
}
