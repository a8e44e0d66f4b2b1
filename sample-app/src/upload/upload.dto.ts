import { IsString, Length } from 'class-validator';

export class NewUpload {
  @IsString() @Length(1, 100) owner: string;
}

export class File {
  @IsString() @Length(1, 100) name: string;
  @IsString() content: string;
}
