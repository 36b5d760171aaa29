"""Words for what was found, in the text of an error."""

__all__ = ['describe']


def describe(value: object) -> str:
    """Return words for an argument that cannot be; short, and safe to print whatever it is.

    Parameters
    ----------
    value : object
        What was given.

    Returns
    -------
    str
        Its value where it is an integer or a text of moderate length, else its type.
    """
    if isinstance(value, str):
        return repr(value) if len(value) <= 64 else f'a text of {len(value)} characters'
    if type(value) is int:
        # Python refuses to write out integers of some thousand digits.
        bits = value.bit_length()
        return str(value) if bits <= 64 else f'an integer of {bits} bits'
    return f'a value of type {type(value).__name__}'
