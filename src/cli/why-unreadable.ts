/** Why a file cannot be read, in words for whoever named it. */
export function whyUnreadable({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'you may not';
    case 'EISDIR':
      return 'it is a directory';
    default:
      return message;
  }
}
