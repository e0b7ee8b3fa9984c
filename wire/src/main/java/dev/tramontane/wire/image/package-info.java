/// Images as people send them. {@link dev.tramontane.wire.image.ImageDecoder} makes pixels of
/// files; start there.
///
/// Nothing that a stranger wrote reaches a decoder but what pixels are made of: each format's
/// container is read here, limits are held against what it says, and a file of its essentials is
/// written anew. Colour profiles, comments, thumbnails and further frames are left behind.
@org.jspecify.annotations.NullMarked
package dev.tramontane.wire.image;
