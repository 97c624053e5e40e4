/**
 * The layout of shuffle blocks, shared by those who write, send and read them: a checked header, checked pages. Pure
 * byte work; depends on nothing of ours but the public exception.
 *
 * <p>Start reading at {@link dev.kindling.block.BlockFormat}.
 */
package dev.kindling.block;
